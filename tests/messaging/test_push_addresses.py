"""The server calls push services that the settings name, and nobody else, however an address is written."""

import pytest

from alongside.messaging import push


@pytest.mark.parametrize(
    ("endpoint", "taken"),
    [
        ("https://fcm.googleapis.com/fcm/send/abc:DEF_1-2", True),
        ("https://updates.push.services.mozilla.com/wpush/v2/gAAA=", True),
        ("http://fcm.googleapis.com/x", False),
        ("https://fcm.googleapis.com:8443/x", False),
        ("https://elsewhere.example/x", False),
        ("https://elsewhere.example\\@fcm.googleapis.com/x", False),
        ("https://fcm.googleapis.com@elsewhere.example/x", False),
        ("https://name:word@fcm.googleapis.com/x", False),
        ("https://fcm.googleapis.com.elsewhere.example/x", False),
        ("https://fcm.googleapis.com/x y", False),
        ("https://FCM.googleapis.com\t.elsewhere.example/", False),
        ("", False),
    ],
)
def test_only_a_plain_address_of_a_named_service_is_called(endpoint, taken):
    assert push.takes(endpoint) is taken


def test_a_push_service_that_sends_us_on_is_not_followed():
    assert push._session().max_redirects == 0
