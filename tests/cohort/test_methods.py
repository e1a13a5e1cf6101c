"""Pages are read or acted on, never both by accident."""

import pytest
from django.test import Client
from django.urls import reverse

from cohort.urls import urlpatterns
from registry.models import User

pytestmark = pytest.mark.django_db
VALUES = {
    **{"code": "S03-0001-U", "slug": "symptoms", "item": "sex", "number": 1, "name": "table.csv"},
    **{"row": "male", "language": "en"},
}
BOTH = {"form_section", "review_ask", "review_accept", "review_return"}
ACTIONS = (
    *("new", "send", "sign", "answer", "again", "close", "ask", "accept", "return", "look", "bring"),
    *("grant", "refuse", "verify", "assign"),
)


@pytest.mark.parametrize("name", [pattern.name for pattern in urlpatterns])
def test_an_address_takes_its_own_methods_only(client: Client, curator: User, name: str) -> None:
    client.force_login(curator, backend="django.contrib.auth.backends.ModelBackend")
    pattern = next(one for one in urlpatterns if one.name == name)
    address = reverse(name, kwargs={key: VALUES[key] for key in pattern.pattern.converters})
    is_action = name.rpartition("_")[2] in ACTIONS
    wrong = ["delete", "put"]
    if name not in BOTH:
        wrong.append("get" if is_action else "post")
    assert {method: getattr(client, method)(address).status_code for method in wrong} == dict.fromkeys(
        wrong, 405
    )
