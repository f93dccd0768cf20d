"""Rights, stores, logins and accounts."""

from flask_babel import lazy_gettext as _l

from models.refusals.reason import Reason, Remedy

_OPEN_STAFF = Remedy(_l("Open the person"), "staff.show", {"id": "user_id"}, right="user.view")

REASONS = (
    Reason(
        "right.missing",
        403,
        _l("You lack the right: %(right)s"),
        _l("Rights come with your role; each can also be given to you alone."),
        (Remedy(_l("See who has which right"), "staff.matrix", right="user.view"),),
        lifted_by="right.grant",
    ),
    Reason(
        "right.not_assigned",
        403,
        _l("%(what)s is not assigned to you"),
        _l("Your rights reach only what is assigned to you."),
        lifted_by="order.assign",
    ),
    Reason("right.staff_only", 403, _l("Only staff can do this"), lifted_by="right.grant"),
    Reason(
        "right.cannot_grant", 403, _l("You cannot give a right you lack yourself: %(right)s"), lifted_by="right.grant"
    ),
    Reason("right.own", 403, _l("Nobody changes their own rights"), lifted_by="right.grant"),
    Reason(
        "right.higher",
        403,
        _l("%(name)s has rights that you lack, so you cannot change that account"),
        lifted_by="right.grant",
    ),
    Reason(
        "store.no_access",
        403,
        _l("You have no access to store %(number)s"),
        _l("The chain's administrators decide who works in which store."),
        (Remedy(_l("Ask for access"), "login.ask_for_access", {"number": "number"}, posts=True),),
        lifted_by="store.grant",
    ),
    Reason(
        "store.unknown_number",
        422,
        _l("There is no store with number %(number)s"),
        _l("Correct the number in the field, or leave it empty to be taken to your own store."),
        (Remedy(_l("Correct the store number"), "login.show"),),
    ),
    Reason(
        "login.wrong",
        422,
        _l("The user name or the password is wrong"),
        _l("For your safety we do not say which."),
        (Remedy(_l("Choose a new password"), "login.forgot"),),
    ),
    Reason(
        "login.code_wrong",
        422,
        _l("The code is wrong or was used already"),
        _l("The code changes every 30 seconds; check the phone's clock."),
        (Remedy(_l("Start over"), "login.show"),),
    ),
    Reason(
        "login.too_late",
        409,
        _l("The password was given too long ago"),
        _l("The code belongs to a login of a few minutes."),
        (Remedy(_l("Start over"), "login.show"),),
    ),
    Reason(
        "quota.exceeded",
        422,
        _l("Too many attempts; it opens again %(until)s"),
        _l("Attempts are counted per account and per address."),
        (Remedy(_l("Choose a new password"), "login.forgot"),),
    ),
    Reason(
        "password.short",
        422,
        _l("A password has at least %(low)s characters"),
        _l("What you typed has %(length)s."),
        (Remedy(_l("How to choose a good password"), "help.show", {"code": "code"}),),
    ),
    Reason(
        "password.guessable",
        422,
        _l("This password is among the first that are tried"),
        _l("Leave out your own name and common words; a few unrelated words make a good one."),
        (Remedy(_l("How to choose a good password"), "help.show", {"code": "code"}),),
    ),
    Reason(
        "password.wrong",
        422,
        _l("The present password is wrong"),
        _l("It is asked so that nobody changes it at a computer you left."),
        (Remedy(_l("Choose a new password"), "login.forgot"),),
    ),
    Reason("user.inactive", 409, _l("This account was switched off %(since)s"), lifted_by="user.edit"),
    Reason("user.active", 409, _l("%(name)s is not switched off"), remedies=(_OPEN_STAFF,)),
    Reason("user.joined", 409, _l("%(name)s has chosen a password already"), remedies=(_OPEN_STAFF,)),
    Reason("user.no_second_factor", 409, _l("%(name)s has no second factor"), remedies=(_OPEN_STAFF,)),
    Reason(
        "user.last_owner",
        409,
        _l("There must be at least one owner"),
        _l("Make someone else an owner first."),
        (Remedy(_l("See the staff"), "staff.index", right="user.view"),),
    ),
    Reason(
        "user.login_taken",
        422,
        _l("The user name %(login)s is in use"),
        remedies=(Remedy(_l("Choose another user name"), "staff.index", right="user.view"),),
    ),
    Reason(
        "link.expired",
        409,
        _l("This link no longer works"),
        _l("A link works once and only for a while."),
        (Remedy(_l("Ask for a new link"), "login.forgot"),),
    ),
    Reason(
        "portal.closed",
        403,
        _l("The customer portal is closed"),
        _l("Accounts can be prepared, but nobody can log in until it opens."),
        (Remedy(_l("Open the portal settings"), "settings.portal", right="organisation.administer"),),
        lifted_by="organisation.administer",
    ),
)
