"""What an import is judged by: the organisation's rules, and what the one who imports may reach."""

from decimal import Decimal
from functools import cached_property

from phonenumbers import PhoneMetadata

from models import vat
from models.article import ArticleGroup
from models.base import Country, Language
from models.category import Category
from models.organisation import NumberStyle, Organisation, Store
from models.search import fold
from models.user import User


class Rules:
    """Read once per import. `store` is where new records go that name no store."""

    def __init__(self, by: User, store: Store):
        organisation = Organisation.current()
        assert organisation
        self.by = by
        self.store = store
        self.country: Country = organisation.country
        self.language: Language = organisation.language
        self.number_low: int = organisation.number_low
        self.number_high: int = organisation.number_high
        by_pattern = organisation.number_style is NumberStyle.PATTERN
        self.number_pattern = organisation.number_pattern if by_pattern else ""
        self.digits_only = organisation.number_style is NumberStyle.DIGITS

    @cached_property
    def stores(self) -> dict[str, int]:
        """The stores the importer works in, by number."""
        return {store.number: store.id for store in Store.visible_to(self.by)}

    def reaches(self, store_id: int) -> bool:
        return self.by.works_in(store_id)

    @cached_property
    def categories(self) -> dict[str, str]:
        """The administrator's list, by the folded name."""
        return {fold(name): name for name in Category.names()}

    @cached_property
    def article_groups(self) -> dict[str, int]:
        """The product groups, by the folded name."""
        return {fold(group.name): group.id for group in ArticleGroup.in_order()}

    @cached_property
    def vat_rates(self) -> list[Decimal]:
        """The percents in force today."""
        return list(vat.rates_on(self.country, Organisation.today()))

    @cached_property
    def phone_lengths(self) -> tuple[int, ...]:
        return self._phones.general_desc.possible_length

    @cached_property
    def trunk_prefix(self) -> str:
        """What is dialled before a number inside the country; nothing in Norway."""
        return self._phones.national_prefix or ""

    @cached_property
    def dialling_code(self) -> str:
        return str(self._phones.country_code)

    @property
    def _phones(self):
        return PhoneMetadata.metadata_for_region(self.country.value)
