"""A form posted twice acts once, and a refused one leaves nothing behind, its key neither."""

from threading import Barrier, Thread

from models.base import connection
from models.customer import Customer
from models.session import Submission
from tests.factories import PASSWORD

NEW = {
    "number": "2001",
    "name": "Torneträsk Fjällpensionat",
    "kind": "business",
    "language": "sv",
    "payment_days": "30",
}


def new_customer(cast, key: str, **values) -> dict:
    return {**NEW, "store": str(cast.house.north.id), "form_key": key, **values}


def test_the_second_of_two_equal_posts_leads_where_the_first_went(cast):
    browser = cast.at("dispatcher")
    first = browser.post("/customers/new", data=new_customer(cast, "one"))
    second = browser.post("/customers/new", data=new_customer(cast, "one"))
    assert first.status_code == second.status_code == 302
    assert first.location == second.location
    assert Customer.select().where(Customer.number == "2001").count() == 1


def test_an_invalid_form_can_be_mended_and_sent_again_with_the_same_key(cast):
    browser = cast.at("dispatcher")
    assert browser.post("/customers/new", data=new_customer(cast, "two", name="")).status_code == 422
    assert not Submission.select().where(Submission.key == "two").exists()
    assert browser.post("/customers/new", data=new_customer(cast, "two")).status_code == 302
    assert Customer.select().where(Customer.number == "2001").count() == 1


def test_equal_posts_at_the_same_time_make_one_customer(cast):
    browsers = [cast.app.test_client() for _ in range(6)]
    for browser in browsers:
        browser.post("/login/", data={"login": cast.dispatcher.login, "password": PASSWORD})
    start, answers = Barrier(len(browsers)), []

    def post(browser) -> None:
        start.wait()
        with connection():
            answers.append(browser.post("/customers/new", data=new_customer(cast, "three")))

    threads = [Thread(target=post, args=(browser,)) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} == {302}
    assert len({answer.location for answer in answers}) == 1
    assert Customer.select().where(Customer.number == "2001").count() == 1
