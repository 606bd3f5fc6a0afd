"""Wrong on purpose: every marked line must be found, and no other. Never imported, never run."""

import httpx  # finds: speaks-to-the-outside
import requests  # finds: speaks-to-the-outside
import smtplib  # finds: speaks-to-the-outside
import urllib.request  # finds: speaks-to-the-outside
from django.core.mail import send_mail  # finds: speaks-to-the-outside
from django.views.decorators.csrf import csrf_exempt  # finds: skips-the-token-of-a-form
from urllib.request import urlopen  # finds: speaks-to-the-outside
from alongside.identity.unsealing import unseal  # finds: opens-past-the-firewall


def reading(Person, name):
    Person._base_manager.all()  # finds: around-the-guarded-manager
    Person._default_manager.get()  # finds: around-the-guarded-manager
    Person.objects.all()._raw_delete("default")  # finds: around-the-guarded-manager
    Person.objects.raw("SELECT * FROM people_person")  # finds: hand-written-sql
    Person.objects.extra(where=["1 = 1"])  # finds: hand-written-sql
    Person.objects.annotate(x=RawSQL("1", []))  # finds: hand-written-sql
    with connection.cursor() as cursor:  # finds: cursor-outside-the-ground
        cursor.execute(f"SELECT {name}")  # finds: sql-made-from-text
        cursor.execute("SELECT %s" % name)  # finds: sql-made-from-text
        cursor.execute("SELECT " + name)  # finds: sql-made-from-text
        cursor.execute("SELECT {}".format(name))  # finds: sql-made-from-text
        cursor.execute("SELECT %s", [name])
    with connections["default"].cursor() as cursor:  # finds: cursor-outside-the-ground
        return cursor
    return Person.objects.filter(name=name)


def data_as_code(text):
    pickle.loads(text)  # finds: code-from-data
    yaml.load(text)  # finds: code-from-data
    eval(text)  # finds: code-from-data
    exec(text)  # finds: code-from-data
    __import__(text)  # finds: code-from-data
    yaml.safe_load(text)
    json.loads(text)


def chance():
    random.choice("abc")  # finds: weak-chance
    uuid.uuid1()  # finds: weak-chance
    hashlib.md5(b"")  # finds: weak-hash
    hashlib.sha1(b"")  # finds: weak-hash
    secrets.choice("abc")
    uuid.uuid4()
    hashlib.sha256(b"")


def pages(request, text):
    Template(text)  # finds: template-from-text
    engine.from_string(text)  # finds: template-from-text
    mark_safe(text)  # finds: unescaped-page
    HttpResponse(f"<b>{text}</b>")  # finds: unescaped-page
    redirect(request.GET.get("next"))  # finds: a-request-decides-where-to-go
    redirect(request.GET["next"])  # finds: a-request-decides-where-to-go
    HttpResponseRedirect(request.POST.get("back"))  # finds: a-request-decides-where-to-go
    redirect("desk:today")
    render(request, "desk/today.html", {})


@csrf_exempt  # finds: skips-the-token-of-a-form
def unguarded(request):
    return None


def outside(text):
    requests.post("https://example.org", data=text)  # finds: speaks-to-the-outside
    httpx.get("https://example.org")  # finds: speaks-to-the-outside
    urllib.request.urlopen("https://example.org")  # finds: speaks-to-the-outside
    socket.socket()  # finds: speaks-to-the-outside
    socket.create_connection(("example.org", 80))  # finds: speaks-to-the-outside
    os.system(text)  # finds: starts-a-program
    subprocess.run([text])  # finds: starts-a-program
    run(text, shell=True)  # finds: starts-a-program


def telling(request, sealed):
    unseal([sealed])  # finds: opens-past-the-firewall
    sealed.ciphertext  # finds: opens-past-the-firewall
    print(sealed)  # finds: prints-what-was-posted
    logger.info("got %s", request.POST)  # finds: prints-what-was-posted
    logging.warning(request.POST["name"])  # finds: prints-what-was-posted
    messages.warning(request, request.POST["name"])  # finds: prints-what-was-posted
    logger.error(f"bad {request.body}")  # finds: prints-what-was-posted
    form = Form(request.POST or None)
    firewall.open(viewer, "outreach_visit", sealed)
    logger.info("kept")
