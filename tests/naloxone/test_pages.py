"""The kits on a phone: two taps, ten minutes to take it back, and shelves that say what is where."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client

from alongside.common.clock import day_in, now
from alongside.common.ids import new_id
from alongside.naloxone.actions import add_place, hand_out, receive_kits
from alongside.naloxone.models import KitCode, Lot, Move, Reversal, StockPlace, Training


def today():
    """The day where the program is; the machine may be a day ahead."""
    return day_in("America/New_York", now())


DAY = timedelta(days=1)


@pytest.fixture
def coach(ours):
    return ours.actor("recovery_coach")


@pytest.fixture
def shelf(ours, coach):
    receive_kits(ours.agencies["recovery"], "nasal_4mg", "SOON", today() + 30 * DAY, 2, by=coach)
    receive_kits(ours.agencies["recovery"], "nasal_4mg", "LATE", today() + 300 * DAY, 10, by=coach)
    return StockPlace.objects.get()


@pytest.fixture
def phone(ours):
    client = Client()
    client.force_login(ours.users["recovery_coach"])
    return client


def main(answer):
    """The words of the page itself."""
    text = answer.content.decode().split("<main")[1].split("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def test_two_taps_hand_out_one_kit_of_what_expires_first(phone, shelf):
    page = phone.get("/kits/").content.decode()
    form = page.split('action="/kits/give/"')[1].split("</form>")[0]
    draft = re.search(r'name="draft" value="([^"]+)"', form).group(1)
    assert re.findall(r'name="recipient" value="(\w+)"', form) == ["person", "loved_one", "other"]
    for _ in range(2):
        answer = phone.post("/kits/give/", {"draft": draft, "recipient": "loved_one"}, follow=True)
    assert "It is on the books" in main(answer)
    (move,) = Move.objects.filter(kind="given")
    assert (move.id, move.amount, move.lot.number, move.recipient, move.place) == (
        UUID(draft),
        1,
        "SOON",
        "loved_one",
        shelf,
    )
    assert move.person is None


def test_a_slip_is_taken_back_with_one_more_tap(phone, coach, shelf):
    phone.post("/kits/give/", {"draft": str(new_id()), "recipient": "person"})
    move = Move.objects.get(kind="given")
    assert "Taken back" in main(phone.post(f"/kits/given/{move.id}/", follow=True))
    assert "Taken back" in main(phone.get(f"/kits/given/{move.id}/"))
    Move.objects.filter(id=move.id).update(recorded_at=now() - timedelta(minutes=11))
    other = hand_out(1, "person", by=coach)[0]
    Move.objects.filter(id=other.id).update(recorded_at=now() - timedelta(minutes=11))
    page = main(phone.get(f"/kits/given/{other.id}/"))
    assert "Ten minutes are over" in page
    assert "take it back" not in page


def test_number_and_product_can_be_said(phone, shelf):
    phone.post("/kits/give/", {"draft": str(new_id()), "recipient": "business", "kits": 40, "product": "fentanyl_strips",
                               "place": str(shelf.id)})  # fmt: skip
    move = Move.objects.get(kind="given")
    assert (move.amount, move.product, move.recipient) == (40, "fentanyl_strips", "business")


def test_a_kit_for_a_person_is_tied_to_them_and_to_nobody_elses(phone, ours, case, shelf):
    path = f"/kits/give/?person={case.person_id}"
    assert case.person.code in main(phone.get(path))
    phone.post("/kits/give/", {"draft": str(new_id()), "recipient": "person", "person": str(case.person_id)})
    assert Move.objects.get(kind="given").person == case.person
    clinician = Client()
    clinician.force_login(ours.users["clinician"])
    assert clinician.get(path).status_code == 404
    assert phone.get("/kits/give/?person=nonsense").status_code == 404


def test_the_shelves_in_words(phone, ours, coach, shelf):
    receive_kits(ours.agencies["recovery"], "nasal_3mg", "OLD", today() - DAY, 3, by=coach)
    text = main(phone.get("/kits/"))
    for words in ("Harbor Recovery, Office", "expires in 30 days", "expired", "good until", "Give these first"):
        assert words in text, words
    assert "cannot explain" not in text
    hand_out(30, "person", by=coach)
    text = main(phone.get("/kits/"))
    assert "18 handed out that nobody had received on the books: Naloxone, product not said" in text
    assert "Written by Recovery coach" in text


def test_a_count_puts_the_books_right(phone, coach, shelf):
    hand_out(30, "person", by=coach)
    page = phone.get(f"/kits/count/{shelf.id}/").content.decode()
    names = re.findall(r'name="(line_\d+)"', page)
    assert len(names) == 1, "the product that was short can be counted, too"
    late = Lot.objects.get(number="LATE")
    told = {"draft": str(new_id()), names[0]: 4, "other": late.product, "other_amount": 3}
    text = main(phone.post(f"/kits/count/{shelf.id}/", told, follow=True))
    assert "cannot explain" not in text
    assert "4 Naloxone, product not said" in text
    assert "3 Naloxone nasal 4 mg" in text


def test_a_box_comes_in_goes_to_a_car_and_is_taken_out(phone, ours, coach, shelf):
    car = add_place(ours.agencies["recovery"], "Car 1", "car", by=coach)
    told = {"draft": str(new_id()), "product": "injection_04mg", "number": "V1", "kits": 5, "doses": 3,
            "expires_on": (today() + 90 * DAY).isoformat(), "place": str(shelf.id)}  # fmt: skip
    for _ in range(2):
        assert "It is on the shelf" in main(phone.post("/kits/receive/", told, follow=True))
    assert Move.objects.filter(lot__number="V1").count() == 1
    assert Lot.objects.get(number="V1").doses == 3
    choice = re.search(r'value="(\d+)"[^>]*>\s*<span>[^<]*V1', phone.get("/kits/issue/").content.decode()).group(1)
    phone.post("/kits/issue/", {"draft": str(new_id()), "line": choice, "amount": 2, "to_place": str(car.id)})
    assert Move.objects.get(kind="issued").to_place == car
    phone.post("/kits/take-out/", {"draft": str(new_id()), "line": choice, "amount": 1, "kind": "lost"})
    assert Move.objects.get(kind="lost").amount == 1
    text = main(phone.get("/kits/"))
    assert "2 Naloxone injection 0.4 mg" in text.split("Car 1")[1]


def test_used_syringes_come_back_and_new_ones_come_in(phone, shelf):
    for what, amount in (("collected", 60), ("syringes", 500)):
        told = {"draft": str(new_id()), "what": what, "amount": amount, "place": str(shelf.id)}
        assert "on the books" in main(phone.post("/kits/supplies/", told, follow=True))
    assert dict(Move.objects.filter(product="syringes").values_list("kind", "amount")) == {
        "collected": 60,
        "received": 500,
    }
    assert "500 Syringes" in main(phone.get("/kits/"))


def test_training_and_a_reversal_are_kept_without_a_name(phone, shelf):
    phone.post(
        "/kits/train/",
        {"draft": str(new_id()), "taught": "group", "people": 9, "steps": ["call", "give"], "language": "ht"},
    )
    assert (Training.objects.get().people, Training.objects.get().language) == (9, "ht")
    told = {"draft": str(new_id()), "month": today().replace(day=1).isoformat(), "outcome": "survived",
            "called": "not_said", "police": "no", "kits": 1, "product": "nasal_4mg"}  # fmt: skip
    phone.post("/kits/used/", told)
    assert Reversal.objects.get().by_code is False


def test_a_sheet_of_labels_carries_one_code_that_is_not_kept(phone, shelf):
    lot = Lot.objects.get(number="LATE")
    draft = str(new_id())
    text = main(phone.post("/kits/labels/", {"lot": str(lot.id), "draft": draft}, follow=True))
    spoken = set(re.findall(r"[2-9A-Z]{4}-[2-9A-Z]{4}", text))
    assert len(spoken) == 1
    assert "/kit/" in text
    row = KitCode.objects.get()
    assert spoken.pop() not in str(vars(row))
    assert phone.post("/kits/labels/", {"lot": str(new_id()), "draft": draft}).status_code == 404
    assert phone.post("/kits/labels/", {"lot": str(lot.id), "draft": "x"}).status_code == 404


def test_a_new_car_is_on_the_list(phone, shelf):
    assert "on the list" in main(phone.post("/kits/place/", {"name": "Car 9", "kind": "car"}, follow=True))
    assert StockPlace.objects.get(name="Car 9").agency == shelf.agency


@pytest.mark.parametrize("role", ["patrol_officer", "outreach_officer"])
def test_police_count_a_kit_they_left_and_see_no_shelf(ours, role, shelf):
    client = Client()
    client.force_login(ours.users[role])
    for path in ("/kits/", "/kits/give/", "/kits/labels/", f"/kits/count/{shelf.id}/"):
        assert client.get(path).status_code == 404, path
    assert "Only the number is kept" in main(client.get("/kits/left/"))
    draft = str(new_id())
    for _ in range(2):
        client.post("/kits/left/", {"draft": draft, "kits": 2})
    (move,) = Move.objects.filter(kind="given")
    assert (move.amount, move.recipient, move.person, move.place.agency) == (2, "other", None, ours.agencies["police"])
    assert client.get(f"/kits/given/{move.id}/").status_code == 404
