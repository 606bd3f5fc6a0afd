// The peer of ./run bench field: express-pouchdb in memory (its best case), and one page with PouchDB in the browser.
// usage: NODE_PATH=FOLDER/node_modules node server.js     prints its port
const path = require('path'), fs = require('fs'), zlib = require('zlib'), http = require('http');
const express = require('express');
const PouchDB = require('pouchdb-core')
  .plugin(require('pouchdb-adapter-memory')).plugin(require('pouchdb-adapter-http'))
  .plugin(require('pouchdb-replication')).plugin(require('pouchdb-mapreduce'));

// Packed once, as our own files are.
const script = zlib.gzipSync(fs.readFileSync(path.join(path.dirname(require.resolve('pouchdb/package.json')), 'dist/pouchdb.min.js')), { level: 9 });
const app = express();
app.get('/', (_, answer) => answer.type('html').send('<!doctype html><title>peer</title><script src="/pouchdb.min.js"></script>'));
app.get('/pouchdb.min.js', (_, answer) => answer.type('js').set('Content-Encoding', 'gzip').send(script));
app.use('/db', require('express-pouchdb')(PouchDB.defaults({ adapter: 'memory', prefix: 's/' }), {
  mode: 'minimumForPouchDB', overrideMode: { include: ['routes/changes', 'routes/bulk-get'] }, inMemoryConfig: true, logPath: '/dev/null',
}));
const server = http.createServer(app).listen(0, '127.0.0.1', () => console.log(server.address().port));
