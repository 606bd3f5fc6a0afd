"""Every way Django knows to read a column, tried on every sealed field: none of them gives a word of it.

The twelve paths are those by which a manager that refuses queries was found to leak. Here there is nothing to leak.
"""

import contextlib
import copy
import io
import json
import pickle

import pytest
from django.apps import apps
from django.core import serializers
from django.core.exceptions import FieldError
from django.core.management import call_command
from django.db import connection, models, transaction
from django.forms.models import model_to_dict
from django.template import Context, Template
from django.utils.html import escape, format_html

from alongside.identity.fields import BLOCKS, SealedField
from tests.cast import CANARIES, CLASS_OF, canaries_in, case_with_everything, joined, urgent, whole_cast

SEALED = [
    (model, field.name)
    for model in apps.get_models()
    for field in model._meta.concrete_fields
    if isinstance(field, SealedField)
]
pytestmark = pytest.mark.covers("R21", "R69c")
each = pytest.mark.parametrize(("model", "name"), SEALED, ids=[f"{m._meta.label}.{n}" for m, n in SEALED])


def canary(model, name):
    return CANARIES[f"{model._meta.label}.{name}"]


def person_path(model, name):
    """The sealed row's own relation to a person, if it has one."""
    for field in model._meta.concrete_fields:
        if field.is_relation and field.related_model._meta.label == "people.Person":
            return field.name
    return ""


@pytest.fixture(scope="module", autouse=True)
def world(django_db_setup, django_db_blocker):
    """One case with a canary in every sealed field, made once for this file and rolled back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        ours = whole_cast().ours
        case = case_with_everything(ours)
        urgent(ours, case)
        joined(ours)
        yield case
        transaction.set_rollback(True)


@pytest.fixture
def row(world, db, request):
    """A saved row whose field holds its canary."""
    model, name = request.node.callspec.params["model"], request.node.callspec.params["name"]
    found = model.objects.exclude(**{name: None}).first()
    assert found is not None, f"the cast seals nothing in {model._meta.label}.{name}: add its canary"
    return found


def nothing_in(*texts):
    for text in texts:
        assert canaries_in(text) == set()
        assert canaries_in(repr(text)) == set()


def test_the_cast_has_a_canary_for_every_sealed_field():
    labels = {f"{model._meta.label}.{name}" for model, name in SEALED}
    assert labels == set(CANARIES) == set(CLASS_OF)
    assert {label: model._meta.get_field(name).privacy_class for (model, name), label in
            zip(SEALED, (f"{m._meta.label}.{n}" for m, n in SEALED), strict=True)} == CLASS_OF  # fmt: skip


# --- the twelve paths ---------------------------------------------------------------------------------------------------


@each
def test_by_a_foreign_key(model, name, row):
    """Forward: a row pointing at it, read through the dot."""
    pointing = [
        (other, field)
        for other in apps.get_models()
        for field in other._meta.concrete_fields
        if field.is_relation and field.related_model is model
    ]
    for other, field in pointing:
        for found in other.objects.exclude(**{field.name: None}):
            nothing_in(getattr(getattr(found, field.name), name))
    nothing_in(getattr(row, name))


@each
def test_by_select_related(model, name, row):
    relations = [f.name for f in model._meta.concrete_fields if f.is_relation]
    for found in model.objects.select_related(*relations):
        nothing_in(getattr(found, name), vars(found))
    for other in apps.get_models():
        for field in other._meta.concrete_fields:
            if field.is_relation and field.related_model is model:
                for found in other.objects.select_related(field.name):
                    nothing_in(getattr(getattr(found, field.name), name, None))


@each
def test_by_values(model, name, row):
    nothing_in(
        list(model.objects.values(name)), list(model.objects.values_list(name, flat=True)),
        list(model.objects.values_list(name, named=True)), model.objects.in_bulk(), list(model.objects.values()),
    )  # fmt: skip


@each
@pytest.mark.parametrize("lookup", ["exact", "contains", "icontains", "startswith", "in", "gte", "regex"])
def test_by_asking_whether_it_is_there(model, name, row, lookup):
    """A filter on the plain value never says yes, nor does it say where to look."""
    plain = canary(model, name)
    for value in (plain, plain.encode()):
        wanted = [value] if lookup == "in" else value
        try:
            with transaction.atomic():
                found = model.objects.filter(**{f"{name}__{lookup}": wanted}).exists()
        except Exception:  # noqa: S112  # a database that cannot even ask it says nothing
            continue
        assert not found or lookup == "gte"


@each
def test_by_refreshing(model, name, row):
    row.refresh_from_db()
    nothing_in(getattr(row, name))
    row.refresh_from_db(fields=[name])
    nothing_in(getattr(row, name))
    nothing_in(getattr(model.objects.defer(name).get(pk=row.pk), name))
    nothing_in(getattr(model.objects.only("pk").get(pk=row.pk), name))


@each
def test_by_the_base_manager(model, name, row):
    for manager in (model._base_manager, model._default_manager):
        nothing_in(*(getattr(found, name) for found in manager.all()))


@each
def test_by_prefetch_related(model, name, row):
    for field in model._meta.concrete_fields:
        if field.is_relation:
            for found in model.objects.prefetch_related(field.name):
                nothing_in(vars(found), getattr(found, name))
    person = person_path(model, name)
    if person:
        holders = apps.get_model("people.Person").objects.prefetch_related(
            models.Prefetch("merged", queryset=apps.get_model("people.Person").objects.all())
        )
        nothing_in([vars(found) for found in holders])


@each
def test_by_a_bare_query_set(model, name, row):
    nothing_in(*(getattr(found, name) for found in models.QuerySet(model)))
    nothing_in(*(getattr(found, name) for found in models.QuerySet(model).iterator(chunk_size=10)))


@each
def test_by_a_raw_cursor(model, name, row):
    with connection.cursor() as cursor:
        table, column = model._meta.db_table, model._meta.get_field(name).column
        cursor.execute(f'SELECT "{column}" FROM "{table}"')  # noqa: S608  # names of our own schema
        nothing_in(*(bytes(value) for (value,) in cursor.fetchall() if value is not None))


@each
def test_by_a_raw_query(model, name, row):
    found = model.objects.raw(f'SELECT * FROM "{model._meta.db_table}"')  # noqa: S608  # as above
    nothing_in(*(getattr(one, name) for one in found))


@each
def test_by_annotating(model, name, row):
    nothing_in(list(model.objects.annotate(copy=models.F(name)).values_list("copy", flat=True)))
    nothing_in([found.copy for found in model.objects.annotate(copy=models.F(name))])


@each
def test_by_a_join_from_elsewhere(model, name, row):
    """From the person, and over the hidden names of relations: ciphertext at most."""
    if not person_path(model, name):
        return
    person = apps.get_model("people.Person")
    relation = model._meta.get_field(person_path(model, name))
    assert relation.remote_field.hidden, "a person must have no attribute that leads to anything sealed"
    with contextlib.suppress(FieldError):  # the hidden name leads to one of the hidden relations, not to all
        nothing_in(list(person.objects.values_list(f"{relation.related_query_name()}__{name}", flat=True)))


# --- and what else prints -------------------------------------------------------------------------------------------------


@each
@pytest.mark.parametrize("format_name", ["json", "jsonl", "xml", "python"])
def test_by_a_serializer(model, name, row, format_name):
    text = str(serializers.serialize(format_name, model.objects.all()))
    nothing_in(text)


@each
def test_by_a_dump(model, name, row):
    out = io.StringIO()
    call_command("dumpdata", model._meta.label, "--all", stdout=out)
    nothing_in(out.getvalue())
    assert all(row["fields"][name] in (None, BLOCKS) for row in json.loads(out.getvalue()))


@each
def test_by_printing(model, name, row):
    sealed = getattr(row, name)
    texts = [str(sealed), repr(sealed), f"{sealed}", f"{sealed:>20}", f"{sealed!r}", "%s" % sealed, escape(sealed)]  # noqa: UP031
    assert {text.strip() for text in texts} == {BLOCKS}
    nothing_in(
        *texts, str(row), repr(row), format_html("{}", sealed), vars(row), model_to_dict(row), [sealed], {1: sealed}
    )


@each
def test_by_copying(model, name, row):
    sealed = getattr(row, name)
    nothing_in(
        pickle.dumps(sealed), pickle.dumps(row), pickle.loads(pickle.dumps(sealed)), copy.deepcopy(sealed), vars(copy.copy(row)),  # noqa: S301
    )  # fmt: skip
    with pytest.raises(TypeError):
        json.dumps(sealed)
    nothing_in(json.dumps({"sealed": sealed}, default=str))


@each
def test_by_a_template(model, name, row):
    source = "{{ row }} {{ row.%s }} {{ row.%s|safe }} {{ row.%s|upper }} {{ row.%s.ciphertext }} {%% debug %%}"
    page = Template(source % (name, name, name, name)).render(Context({"row": row, "rows": [row]}))
    nothing_in(page)
    assert BLOCKS in page


@each
def test_by_comparing(model, name, row):
    sealed = getattr(row, name)
    assert sealed != canary(model, name)
    assert sealed != canary(model, name).encode()


# --- writing --------------------------------------------------------------------------------


@each
def test_a_plain_value_cannot_be_put_in(model, name, row):
    """Neither by the attribute, nor by the constructor, nor by an update."""
    plain = canary(model, name)
    with pytest.raises(TypeError):
        setattr(row, name, plain)
    with pytest.raises(TypeError):
        model(**{name: plain})
    with pytest.raises(Exception), transaction.atomic():  # noqa: B017, PT011  # each driver has its own
        model.objects.filter(pk=row.pk).update(**{name: plain})


@each
def test_bytes_that_are_no_envelope_cannot_be_put_in(model, name, row):
    """A plain value as bytes is still a plain value."""
    plain = canary(model, name).encode()
    with pytest.raises((TypeError, ValueError)):
        setattr(row, name, plain)
    with pytest.raises((TypeError, ValueError)), transaction.atomic():
        model.objects.filter(pk=row.pk).update(**{name: plain})


@each
def test_an_empty_field_reads_as_nothing(model, name, row):
    setattr(row, name, None)
    assert getattr(row, name) is None
    assert isinstance(getattr(model, name), object)


@each
def test_a_sealed_value_can_be_carried_over_and_stays_sealed(model, name, row):
    setattr(row, name, getattr(row, name))
    row.save()
    nothing_in(getattr(model.objects.get(pk=row.pk), name))
    model.objects.filter(pk=row.pk).update(**{name: getattr(row, name)})
