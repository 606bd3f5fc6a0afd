"""T11: somebody carries away the database, its log and a backup, and even knows the key of the file. What they do not have
is the key folder: the root key and the index key. They try everything that is in the heap."""

import hashlib
import hmac
import itertools
import struct

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.apps import apps
from django.conf import settings
from django.db import connection

from alongside.accounts.models import Program
from alongside.common.keyfolder import read_key
from alongside.identity.description import Description
from alongside.identity.envelope import NONCE_BYTES
from alongside.identity.fields import SealedField
from alongside.identity.keyring import index_key
from alongside.identity.models import ClassKey, Contact, DataKey, Identity, MatchToken
from alongside.identity.tokens import BITS, program_key, stored, tokens_of
from tests.cast import BIRTH_DATE, CANARIES, canaries_in, case_with_everything

pytestmark = pytest.mark.covers("R34", "R62", "R63")
NAMES = Description(CANARIES["identity.Identity.given_name"], CANARIES["identity.Identity.family_name"], BIRTH_DATE)


@pytest.fixture
def heap(ours):
    """Every value of every row of the opened database: what a thief with the key of the file reads."""
    case_with_everything(ours)
    values = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608  # a table of our own
            values += [value for row in cursor.fetchall() for value in row if value is not None]
    return [bytes(value) if isinstance(value, bytes | memoryview) else value for value in values]


def test_no_word_stands_in_the_heap(heap):
    assert canaries_in("\n".join(str(value) for value in heap)) == set()
    assert not [value for value in heap if isinstance(value, bytes) and canaries_in(value)]


def opens(key, sealed, place):
    try:
        AESGCM(key).decrypt(sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :], place.encode())
    except InvalidTag:
        return False
    return True


def test_no_key_in_the_heap_opens_anything(heap):
    """Each run of 32 bytes of each stored key, the file's own key, the web key, and hashes of the ids."""
    identity, contact = Identity.objects.exclude(given_name=None).first(), Contact.objects.exclude(ask_for=None).first()
    targets = [
        (value.ciphertext, value.place)
        for value in (identity.given_name, identity.family_name, contact.ask_for, contact.phone)
    ]
    targets += [(bytes(key.wrapped), f"data|{key.holder}|{key.privacy_class}") for key in DataKey.objects.all()[:3]]
    targets += [(bytes(key.wrapped), f"class|{key.program_id}|{key.privacy_class}") for key in ClassKey.objects.all()[:2]]
    stored = {bytes(key.wrapped) for key in [*DataKey.objects.all(), *ClassKey.objects.all()]}
    guesses = {row[start : start + 32] for row in stored for start in range(len(row) - 31)}
    guesses |= {hashlib.sha256(str(value).encode()).digest() for value in heap}
    guesses |= {read_key(settings.KEY_FOLDER, name) for name in ("database", "web")}
    assert len(guesses) > 200
    assert not [place for (sealed, place), key in itertools.product(targets, guesses) if opens(key, sealed, place)]


def test_a_name_is_not_found_by_trying_names_against_the_tokens(heap):
    """With the index key the very name gives the stored tokens; without it no guessed key and no plain hash does."""
    laid = set(MatchToken.objects.values_list("token", flat=True))

    def found(index):
        keys = [program_key(index, program.id.bytes) for program in Program.objects.all()]
        return {stored(*pair) for key in keys for pair in tokens_of(NAMES, key)} & laid

    assert len(found(index_key())) > 5
    guesses = [read_key(settings.KEY_FOLDER, "database"), read_key(settings.KEY_FOLDER, "web"), bytes(32), b"", b"k" * 32]
    guesses += [bytes(key.wrapped)[-32:] for key in [*DataKey.objects.all(), *ClassKey.objects.all()]]
    assert [key for key in guesses if len(found(key)) > 1] == []  # one number may meet another by chance
    words = [NAMES.given_name, NAMES.family_name, BIRTH_DATE.isoformat(), f"{NAMES.family_name}{BIRTH_DATE.year}".lower()]
    numbers = laid | {number % 2**BITS for number in laid}
    for word, name in itertools.product(words, ("md5", "sha1", "sha256", "blake2b")):
        for digest in (hashlib.new(name, word.encode()).digest(), hmac.new(b"", word.encode(), name).digest()):
            assert not {struct.unpack(">I", digest[:4])[0], struct.unpack("<I", digest[:4])[0]} & numbers


def test_equal_words_do_not_look_equal(ours):
    """Two people of one name have nothing in common in any sealed column: no frequency to count."""
    for _ in range(2):
        case_with_everything(ours)
    seen = []
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, SealedField):
                rows = model._default_manager.exclude(**{field.name: None})
                seen += [bytes(getattr(row, field.name).ciphertext) for row in rows]
    assert len(seen) > 10
    assert len({value[-16:] for value in seen}) == len(seen)
    assert len({value[1:13] for value in seen}) == len(seen)


def test_the_file_itself_is_noise_without_its_key(heap):
    name = connection.settings_dict["NAME"]
    # On PostgreSQL the files belong to the server, and its disk is the site's to encrypt: there is no file of ours.
    for suffix in ("", "-wal") if connection.vendor == "sqlite" else ():
        try:
            with open(f"{name}{suffix}", "rb") as file:
                content = file.read()
        except FileNotFoundError:
            continue
        assert b"CREATE TABLE" not in content
        assert b"accounts_user" not in content
