"""Customers, facilities and what two people change at once."""

from flask_babel import lazy_gettext as _l

from models.refusals.reason import Reason, Remedy

_OPEN_CUSTOMER = Remedy(_l("Open the customer"), "customers.show", {"id": "customer_id"})
_REACTIVATE = Remedy(
    _l("Reactivate the customer"), "customers.show", {"id": "customer_id"}, right="customer.edit", anchor="activity"
)
_OPEN_OBJECT = Remedy(_l("Open the service object"), "service_objects.show", {"id": "object_id"})

REASONS = (
    Reason(
        "record.changed",
        409,
        _l("%(who)s changed this meanwhile"),
        _l("Both values are shown field by field; choose which one to keep."),
        (Remedy(_l("Open it as it is now"), "search.open", {"noun": "noun", "id": "id"}),),
    ),
    Reason(
        "customer.inactive",
        409,
        _l("The customer %(customer)s is inactive"),
        _l("Inactivated %(since)s."),
        (_REACTIVATE,),
        lifted_by="customer.edit",
    ),
    Reason(
        "customer.already_inactive",
        409,
        _l("The customer is inactive already"),
        _l("Inactivated %(since)s."),
        (_REACTIVATE,),
    ),
    Reason("customer.already_active", 409, _l("The customer is active already"), remedies=(_OPEN_CUSTOMER,)),
    Reason(
        "customer.merged",
        409,
        _l("%(customer)s has been merged with another customer"),
        _l("Everything of it is with the other one now."),
        (Remedy(_l("Open the customer that was kept"), "customers.show", {"id": "customer_id"}),),
        lifted_by="customer.merge",
    ),
    Reason("merge.same", 422, _l("A customer is not merged with itself"), remedies=(_OPEN_CUSTOMER,)),
    Reason(
        "merge.undone",
        409,
        _l("The merging has been undone already"),
        _l("Undone %(since)s."),
        (_OPEN_CUSTOMER,),
    ),
    Reason(
        "merge.too_late",
        409,
        _l("The merging is older than 30 days and stays"),
        _l("It could be undone until %(until)s."),
        (_OPEN_CUSTOMER,),
    ),
    Reason(
        "customer.number_locked",
        403,
        _l("Only an administrator changes a customer number"),
        _l("The number is the key to bookkeeping, import and export."),
        lifted_by="organisation.administer",
    ),
    Reason(
        "customer.number_length",
        422,
        _l("A customer number has %(low)s to %(high)s characters"),
        _l("%(number)s has %(length)s."),
        (Remedy(_l("Change the limits"), "settings.register", right="organisation.administer"),),
    ),
    Reason(
        "customer.number_form",
        422,
        _l("A customer number has digits only"),
        _l("%(number)s has other characters."),
        (Remedy(_l("Change the rule"), "settings.register", right="organisation.administer"),),
    ),
    Reason(
        "customer.number_pattern",
        422,
        _l("A customer number looks like %(example)s"),
        _l("%(number)s does not."),
        (Remedy(_l("Change the rule"), "settings.register", right="organisation.administer"),),
    ),
    Reason(
        "customer.number_taken",
        422,
        _l("The customer number %(number)s is in use"),
        remedies=(Remedy(_l("Open that customer"), "customers.show", {"id": "customer_id"}, right="customer.view"),),
    ),
    Reason(
        "customer.in_use",
        409,
        _l("The customer has history and cannot be deleted"),
        _l(
            "Fault reports: %(reports)s, orders: %(orders)s, quotes: %(quotes)s. "
            "Inactivate the customer instead; what was done stays traceable."
        ),
        (
            Remedy(
                _l("Inactivate instead"),
                "customers.show",
                {"id": "customer_id"},
                right="customer.edit",
                anchor="activity",
            ),
        ),
    ),
    Reason(
        "category.in_use",
        409,
        _l("The category %(name)s is in use"),
        _l("Customers with it: %(count)s. Give them another one first."),
        (Remedy(_l("See these customers"), "customers.index", {"category": "name"}, right="customer.view"),),
    ),
    Reason(
        "integration.off",
        409,
        _l("The integration %(name)s is switched off"),
        _l("Nothing leaves by it until it is switched on."),
        (Remedy(_l("Open the integration"), "integrations.edit", {"id": "id"}, right="organisation.administer"),),
    ),
    Reason(
        "integration.on",
        409,
        _l("The integration %(name)s is in use already"),
        remedies=(
            Remedy(_l("Open the integration"), "integrations.edit", {"id": "id"}, right="organisation.administer"),
        ),
    ),
    Reason(
        "integration.none",
        409,
        _l("No integration with bookkeeping is in use"),
        _l("Add one, and customers and orders can be exported as files that bookkeeping reads."),
        (Remedy(_l("Add an integration"), "integrations.new", {}, right="organisation.administer"),),
        lifted_by="organisation.administer",
    ),
    Reason(
        "accounting.too_long",
        422,
        _l("%(field)s is too long for bookkeeping: %(value)s"),
        _l("It has %(length)s characters, and at most %(most)s are taken there."),
        (Remedy(_l("What the file has in it"), "help.show", {"code": "code"}),),
    ),
    Reason(
        "user_group.in_use",
        409,
        _l("The user group %(name)s is not empty"),
        _l("People in it, also those who are switched off: %(count)s. Choose another group for them first."),
        (Remedy(_l("See who is in it"), "staff.index", {"group": "group_id"}, right="user.view"),),
    ),
    Reason(
        "permission_template.in_use",
        409,
        _l("The permission template %(name)s has people"),
        _l("People who follow it: %(count)s. Give them a role or another template first."),
        (Remedy(_l("See who follows it"), "permission_templates.show", {"id": "id"}, right="user.view"),),
    ),
    Reason(
        "contact.other_facility",
        409,
        _l("The facility %(facility)s belongs to another customer"),
        remedies=(_OPEN_CUSTOMER,),
    ),
    Reason(
        "lookup.off",
        409,
        _l("No company register is connected"),
        remedies=(
            Remedy(_l("Choose a company register"), "settings.company_register", right="organisation.administer"),
        ),
        lifted_by="organisation.administer",
    ),
    Reason(
        "lookup.unknown",
        422,
        _l("The company register does not know %(number)s"),
        _l("Look at the number once more, or fill in the fields yourself."),
        (Remedy(_l("How the look-up works"), "help.show", {"code": "code"}),),
    ),
    Reason(
        "lookup.no_number",
        422,
        _l("The organisation number is not filled in"),
        remedies=(Remedy(_l("How the look-up works"), "help.show", {"code": "code"}),),
    ),
    Reason(
        "lookup.unreachable",
        409,
        _l("The company register does not answer"),
        _l("It said: %(answer)s. Try again in a while, or fill in the fields yourself."),
        (Remedy(_l("Open its settings"), "settings.company_register", right="organisation.administer"),),
        lifted_by="organisation.administer",
    ),
    Reason(
        "lookup.refused",
        409,
        _l("The company register refuses our question"),
        _l("It said: %(answer)s."),
        (Remedy(_l("Open its settings"), "settings.company_register", right="organisation.administer"),),
        lifted_by="organisation.administer",
    ),
    Reason(
        "facility.inactive",
        409,
        _l("The facility %(facility)s is inactive"),
        remedies=(Remedy(_l("Open the facility"), "facilities.show", {"id": "facility_id"}),),
        lifted_by="facility.edit",
    ),
    Reason(
        "facility.number_taken",
        422,
        _l("The customer has a facility with number %(number)s already"),
        remedies=(_OPEN_CUSTOMER,),
    ),
    Reason(
        "service_object.inactive",
        409,
        _l("The service object %(what)s is inactive"),
        remedies=(_OPEN_OBJECT,),
        lifted_by="service_object.edit",
    ),
    Reason(
        "service_object.scrapped",
        409,
        _l("The service object %(what)s is scrapped"),
        _l("Nothing is repaired any more on what is scrapped."),
        (
            Remedy(
                _l("Change its status"),
                "service_objects.edit",
                {"id": "object_id"},
                right="service_object.edit",
                anchor="status",
            ),
        ),
        lifted_by="service_object.edit",
    ),
    Reason(
        "service_object.elsewhere",
        409,
        _l("The service object %(what)s does not stand at this facility"),
        _l("It stands at %(facility)s."),
        (_OPEN_OBJECT,),
    ),
    Reason(
        "service_object.other_customer",
        409,
        _l("The facility %(facility)s belongs to another customer"),
        _l("A service object stays with its customer; at the other one it is a new object."),
        (Remedy(_l("Add it there"), "service_objects.new", right="service_object.create"),),
    ),
    Reason(
        "service_object.own_part",
        409,
        _l("%(whole)s is a part of this very object"),
        _l("An object cannot be a part of itself, not even by way of others."),
        (
            Remedy(
                _l("Choose what it is a part of"),
                "service_objects.edit",
                {"id": "object_id"},
                right="service_object.edit",
                anchor="parent",
            ),
        ),
    ),
    Reason(
        "service_object.number_taken",
        422,
        _l("The object number %(number)s is in use"),
        remedies=(
            Remedy(_l("Open that object"), "service_objects.show", {"id": "object_id"}, right="service_object.view"),
        ),
    ),
    Reason(
        "service_object.in_use",
        409,
        _l("The service object has history and cannot be deleted"),
        _l("Fault reports: %(reports)s, orders: %(orders)s. Inactivate it instead; what was done stays traceable."),
        (
            Remedy(
                _l("Inactivate instead"),
                "service_objects.show",
                {"id": "object_id"},
                right="service_object.edit",
                anchor="activity",
            ),
        ),
    ),
    Reason(
        "custom_field.in_use",
        409,
        _l("The field %(field)s is in use and cannot be deleted"),
        _l(
            "Records with a value in it: %(count)s. "
            "Removed, it is not offered any more, and what it holds stays readable."
        ),
        (
            Remedy(
                _l("Remove it instead"),
                "custom_fields.remove",
                {"id": "field_id"},
                right="organisation.administer",
                posts=True,
            ),
        ),
    ),
    Reason(
        "custom_field.required",
        409,
        _l("%(field)s is not filled in"),
        _l("The organisation has decided that it is needed from here on."),
        (Remedy(_l("Fill it in"), "search.edit", {"noun": "noun", "id": "record_id", "_anchor": "name"}),),
    ),
)
