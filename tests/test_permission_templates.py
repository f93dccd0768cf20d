"""Permission templates: several people follow one set of rights, and their own exceptions outlive its changes."""

import pytest

from models.base import Taken
from models.event import Event
from models.lifecycle import Conflict
from models.message import Message
from models.permission_template import Difference, PermissionTemplate
from models.refusals import Refused
from models.rights import Grounds, Right, Role
from models.user import User, UserRight, knowing_rights
from tests import factories
from tests.cast import work
from tests.counting import queries

GIVE, WITHDRAW, NONE = Difference.GIVE, Difference.WITHDRAW, Difference.NONE


def fresh(user: User) -> User:
    return User.get_by_id(user.id)


def codes(call) -> list[str]:
    with pytest.raises(Refused) as refused:
        call()
    return [refusal.code for refusal in refused.value.refusals]


@pytest.fixture
def night(cast) -> PermissionTemplate:
    """A template that the technician follows, with an exception of their own."""
    template = factories.permission_template(cast.owner, message__view="give", order__upload="withdraw")
    cast.technician.grant(template, {Right.REGISTER_IMPORT: True, Right.CUSTOMER_UPLOAD: False}, by=cast.owner)
    return template


@pytest.fixture
def deputy(cast) -> User:
    """A dispatcher who may also change rights, but is no administrator."""
    UserRight.create(user=cast.dispatcher, right=Right.RIGHT_GRANT, granted=True)
    return fresh(cast.dispatcher)


def test_whoever_follows_it_has_its_rights_and_their_own_exceptions(cast, night):
    person = fresh(cast.technician)
    wanted = Role.TECHNICIAN.rights | {Right.MESSAGE_VIEW, Right.REGISTER_IMPORT}
    assert person.rights == wanted - {Right.ORDER_UPLOAD, Right.CUSTOMER_UPLOAD}
    told = Event.about(person).where(Event.verb == "user.rights_changed").first().changes["template"]
    assert told == {"old": None, "new": night.id, "old_words": "", "new_words": "Night shift"}


def test_the_persons_page_names_the_template_as_the_grounds(cast, night):
    person = fresh(cast.technician)
    asked = (Right.MESSAGE_VIEW, Right.ORDER_UPLOAD, Right.REGISTER_IMPORT, Right.CUSTOMER_UPLOAD)
    assert [person.why(right) for right in asked] == [
        Grounds.TEMPLATE,
        Grounds.LEFT_OUT,
        Grounds.GIVEN,
        Grounds.WITHDRAWN,
    ]
    page = cast.at("owner").get(f"/staff/{person.id}").text
    assert "By the template Night shift" in page.partition("See the list of all messages")[2].partition("</li>")[0]
    assert "Not part of the template" in page.partition("Upload files to orders")[2].partition("</li>")[0]


def test_the_matrix_has_a_column_for_it(cast, night):
    page = cast.at("dispatcher").get("/staff/rights").text
    assert f'/staff/templates/{night.id}">Night shift</a></th>' in page
    row = page.partition("See the list of all messages")[2].partition("</tr>")[0]
    assert 'class="yes" data-label="Night shift"' in row


def test_a_change_reaches_its_people_at_their_next_request_and_their_exceptions_stay(cast, night):
    browser = cast.at("technician")
    assert browser.get("/messages/").status_code == 200
    night.change({"message.view": NONE}, by=cast.owner, seen=1)
    assert browser.get("/messages/").status_code == 403
    person = fresh(cast.technician)
    assert person.exceptions == {Right.REGISTER_IMPORT: True, Right.CUSTOMER_UPLOAD: False}
    assert browser.get("/imports/").status_code == 200
    event = Event.about(person).first()
    assert (event.verb, event.data["withdrawn"], event.data["template"]) == (
        "user.rights_changed",
        ["message.view"],
        "Night shift",
    )


def test_an_exception_that_the_template_takes_up_is_there_when_it_lets_go_again(cast, night):
    for seen, state in ((1, GIVE), (2, NONE)):
        night.change({"register.import": state}, by=cast.owner, seen=seen)
        person = fresh(cast.technician)
        person.grant(night, person.exceptions, by=cast.owner)
    assert fresh(cast.technician).has(Right.REGISTER_IMPORT)


def test_whose_rights_an_exception_decides_is_not_reached(cast, night):
    coming = night.foresee({"register.import": GIVE, "customer.upload": WITHDRAW}, by=cast.owner, seen=1)
    assert coming.reached == []
    night.change({"register.import": GIVE}, by=cast.owner, seen=1)
    assert Event.about(fresh(cast.technician)).first().data.get("template") is None


def save(browser, template: PermissionTemplate, **fields):
    now = PermissionTemplate.get_by_id(template.id)
    facts = {"name": now.name, "role": now.role.value, "note": now.note, "version": now.version}
    return browser.post(f"/staff/templates/{template.id}/edit", data={**facts, **fields})


def test_before_it_is_saved_the_page_says_whom_it_reaches_and_what_comes_and_goes(cast, night):
    browser = cast.at("owner")
    asked = save(browser, night, **{"message.view": "", "message.resend": "give"})
    assert (asked.status_code, "This reaches 1 person, and nothing is saved yet" in asked.text) == (422, True)
    said = asked.text.partition("data-summary")[2].partition("</ul>")[0]
    assert "Elin Fors" in said and "Gets: Send messages again" in said and "Loses: See the list of all messages" in said
    assert fresh(cast.technician).has(Right.MESSAGE_VIEW)
    assert save(browser, night, **{"message.view": "", "message.resend": "give", "sure": "1"}).status_code == 302
    person = fresh(cast.technician)
    assert (person.has(Right.MESSAGE_VIEW), person.has(Right.MESSAGE_RESEND)) == (False, True)


def test_what_changes_nobodys_rights_is_saved_at_once(cast, night):
    assert save(cast.at("owner"), night, name="Nights", note="Ten to six").status_code == 302
    kept = PermissionTemplate.get_by_id(night.id)
    assert (kept.name, kept.note, kept.given, kept.withdrawn) == (
        "Nights",
        "Ten to six",
        ["message.view"],
        ["order.upload"],
    )
    assert "Elin Fors" in cast.at("owner").get(f"/staff/templates/{night.id}").text


def test_risky_rights_are_named_and_the_owners_are_told(cast, night):
    asked = save(cast.at("administrator"), night, **{"register.export": "give"})
    assert "Among them are risky rights" in asked.text and "carry the customer register" in asked.text
    assert "Olga Owner" in asked.text.partition("data-summary")[2].partition("</form>")[0]
    save(cast.at("administrator"), night, **{"register.export": "give", "sure": "1"})
    work()
    told = Message.select().where(Message.verb == "user.risky_rights_given")
    assert {message.name for message in told} == {"Olga Owner"}


def test_another_role_comes_to_all_who_follow_it(cast, night):
    night.change({"role": Role.CASHIER}, by=cast.owner, seen=1)
    person = fresh(cast.technician)
    assert (person.role, person.version) == (Role.CASHIER, cast.technician.version + 1)
    assert person.rights == (Role.CASHIER.rights | {Right.MESSAGE_VIEW, Right.REGISTER_IMPORT}) - {
        Right.CUSTOMER_UPLOAD
    }


def test_two_who_change_different_rights_both_win_and_the_same_right_shows_both_values(cast, night):
    night.change({"log.view": GIVE}, by=cast.owner, seen=1)
    PermissionTemplate.get_by_id(night.id).change({"user.view": GIVE}, by=cast.administrator, seen=1)
    assert PermissionTemplate.get_by_id(night.id).given == ["log.view", "message.view", "user.view"]
    with pytest.raises(Conflict) as conflict:
        PermissionTemplate.get_by_id(night.id).change({"log.view": WITHDRAW}, by=cast.administrator, seen=1)
    assert [(field.name, field.theirs, field.yours) for field in conflict.value.fields] == [
        ("log.view", GIVE, WITHDRAW)
    ]
    answer = save(cast.at("administrator"), night, **{"log.view": "withdraw", "version": 1})
    assert (answer.status_code, "See the log of logins" in answer.text) == (409, True)


def test_nobody_puts_a_right_they_lack_into_a_template(cast, deputy):
    template = factories.permission_template(cast.owner)
    assert codes(lambda: template.change({"organisation.administer": GIVE}, by=deputy, seen=1)) == [
        "right.cannot_grant"
    ]
    made = {"name": "Deputies", "role": Role.TECHNICIAN, "organisation.administer": GIVE}
    assert codes(lambda: PermissionTemplate.add(made, by=deputy)) == ["right.cannot_grant"]
    browser = cast.at(deputy)
    page = browser.get(f"/staff/templates/{template.id}/edit").text
    assert 'name="organisation.administer"' not in page and "You lack this right" in page
    assert save(browser, template, role="owner").status_code == 403
    save(browser, template, **{"organisation.administer": "give"})
    assert PermissionTemplate.get_by_id(template.id).given == []


def test_what_the_editor_could_not_give_stays_in_the_template(cast, deputy):
    template = factories.permission_template(cast.owner, organisation__administer="give")
    assert save(cast.at(deputy), template, **{"message.view": "give"}).status_code == 302
    assert PermissionTemplate.get_by_id(template.id).given == ["message.view", "organisation.administer"]


def test_nobody_changes_their_own_rights_or_those_of_who_reaches_further_by_a_template(cast, deputy):
    template = factories.permission_template(cast.owner, role=Role.DISPATCHER, right__grant="give")
    deputy.grant(template, {}, by=cast.owner)
    assert codes(lambda: template.change({"message.view": GIVE}, by=fresh(deputy), seen=1)) == ["right.own"]
    assert cast.at(deputy).get(f"/staff/templates/{template.id}/edit").status_code == 403
    other = factories.permission_template(cast.owner, "Others", log__view="give")
    cast.technician.grant(other, {}, by=cast.owner)
    assert codes(lambda: other.change({"message.view": GIVE}, by=fresh(deputy), seen=1)) == ["right.higher"]


def test_a_template_is_given_like_a_role_only_by_who_has_all_its_rights(cast, deputy):
    template = factories.permission_template(cast.owner, organisation__administer="give")
    assert codes(lambda: cast.nobody.grant(template, {}, by=deputy)) == ["right.cannot_grant"]
    answer = cast.at(deputy).post(
        f"/staff/{cast.technician.id}/rights", data={"role": f"template-{template.id}", "sure": 1}
    )
    assert (answer.status_code, fresh(cast.technician).template) == (403, None)


def test_through_the_forms_a_person_follows_it_and_goes_back_to_a_role(cast):
    template = factories.permission_template(cast.owner, message__view="give")
    browser, where = cast.at("owner"), f"/staff/{cast.technician.id}/rights"
    browser.post(where, data={"role": f"template-{template.id}", "version": fresh(cast.technician).version})
    assert fresh(cast.technician).template == template
    assert f'value="template-{template.id}" selected' in browser.get(where).text
    browser.post(where, data={"role": "technician", "version": fresh(cast.technician).version})
    assert (fresh(cast.technician).template, fresh(cast.technician).rights) == (None, Role.TECHNICIAN.rights)


@pytest.mark.parametrize("named", ["template-99", "template-", "template-x", "portal", "template-99999999999999999999"])
def test_what_is_no_role_and_no_template_changes_nothing(cast, named):
    cast.at("owner").post(
        f"/staff/{cast.technician.id}/rights", data={"role": named, "version": cast.technician.version}
    )
    assert (fresh(cast.technician).role, fresh(cast.technician).template) == (Role.TECHNICIAN, None)
    facts = {"name": "New", "login": "new", "email": "new@norrvik.example", "language": "en", "group": ""}
    assert cast.at("owner").post("/staff/invitation", data={**facts, "role": named}).status_code == 422


def test_it_is_chosen_with_the_invitation(cast):
    template = factories.permission_template(cast.owner, message__view="give")
    facts = {"name": "New", "login": "new", "email": "new@norrvik.example", "language": "en", "group": ""}
    cast.at("owner").post("/staff/invitation", data={**facts, "role": f"template-{template.id}"})
    made = User.with_login("new")
    assert (made.template, made.role, made.has(Right.MESSAGE_VIEW)) == (template, Role.TECHNICIAN, True)


def test_the_last_owner_is_not_led_out_of_the_role(cast):
    owners = factories.permission_template(cast.owner, "Owners", Role.OWNER)
    second = factories.user(Role.OWNER, "Ottar Owner")
    cast.owner.grant(owners, {}, by=second)
    second.grant(Role.ADMINISTRATOR, {}, by=fresh(cast.owner))
    boss = fresh(second)
    assert codes(lambda: owners.change({"role": Role.ADMINISTRATOR}, by=boss, seen=1)) == ["user.last_owner"]
    assert fresh(cast.owner).role is Role.OWNER


def test_a_template_is_for_staff_and_its_name_is_its_own(cast):
    assert "right.staff_only" in codes(
        lambda: PermissionTemplate.add({"name": "P", "role": Role.PORTAL}, by=cast.owner)
    )
    first, second = factories.permission_template(cast.owner), factories.permission_template(cast.owner, "Day shift")
    with pytest.raises(Taken):
        second.change({"name": first.name}, by=cast.owner, seen=1)
    for where in ("new", f"{second.id}/edit"):
        answer = cast.at("owner").post(
            f"/staff/templates/{where}", data={"name": first.name, "role": "technician", "version": 1}
        )
        assert (answer.status_code, "There is a permission template of this name" in answer.text) == (422, True)


def test_one_that_people_follow_is_not_removed_and_an_empty_one_is(cast, night):
    assert codes(lambda: night.remove(by=cast.owner)) == ["permission_template.in_use"]
    assert cast.at("owner").post(f"/staff/templates/{night.id}/removal").status_code == 409
    cast.technician.grant(Role.TECHNICIAN, {}, by=cast.owner)
    assert cast.at("owner").post(f"/staff/templates/{night.id}/removal").status_code == 302
    assert PermissionTemplate.select().count() == 0
    assert Event.get(Event.verb == "permission_template.removed").what == "Night shift"


def test_a_new_one_is_made_and_shown_with_what_it_gives_and_takes(cast):
    data = {"name": "Night shift", "role": "technician", "note": "", "message.view": "give", "order.upload": "withdraw"}
    answer = cast.at("owner").post("/staff/templates/new", data=data)
    page = cast.at("dispatcher").get(answer.location).text
    assert "Given" in page.partition("See the list of all messages")[2].partition("</li>")[0]
    assert "Withdrawn" in page.partition("Upload files to orders")[2].partition("</li>")[0]
    assert "/edit" not in page.partition("card-head")[2].partition("</header>")[0][:1500]
    assert cast.at("dispatcher").post("/staff/templates/new", data=data).status_code == 403


def test_a_list_of_people_reads_their_templates_in_one_query(cast, night):
    def ask() -> int:
        with queries() as asked:
            [person.rights for person in knowing_rights(User.staff())]
        return len(asked)

    one = ask()
    for person in (cast.nobody, cast.cashier, cast.finance):
        User.update(template=night).where(User.id == person.id).execute()
    assert ask() == one
