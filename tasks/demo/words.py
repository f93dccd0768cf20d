"""The invented words of the demo company: people, customers, places, faults and what was done about them.

All of it is made up. Telephone numbers are from the series that Sweden keeps for fiction, mail
addresses end in .example, and organisation numbers lie in series that have not been given out.
"""

from typing import NamedTuple


class Fault(NamedTuple):
    heading: str
    description: str
    action: str
    photo: str = ""


HEAT = (
    Fault(
        "Kallt i hela huset",
        "Elementen är ljumma sedan i går kväll. Manometern i pannrummet står under 0,5 bar.",
        "Säkerhetsventilen läckte och är bytt. Fyllt till 1,4 bar och luftat. Trycket höll efter två timmar.",
        "gauge",
    ),
    Fault(
        "Värmepumpen visar larm A32",
        "Displayen blinkar rött och pumpen går bara på elpatron. Larmet kommer tillbaka efter återställning.",
        "Smutsfiltret på köldbärarsidan var igensatt. Rengjort, flödet uppmätt och larmet återställt.",
        "panel",
    ),
    Fault(
        "Utedelen är täckt av is",
        "Det har bildats tjock is runt fläkten och den brummar högt.",
        "Avfrostningsgivaren var trasig och är bytt. Isen är bortsmält, dräneringen rensad och avfrostningen provkörd.",
        "unit",
    ),
    Fault(
        "Vatten på golvet i pannrummet",
        "En pöl på cirka en kvadratmeter vid expansionskärlet varje morgon.",
        "Packningen vid expansionskärlet är bytt och förtrycket justerat. Golvet var torrt vid återbesöket.",
        "floor",
    ),
    Fault(
        "Inget varmvatten",
        "Det kommer bara kallt vatten i kranarna på plan 2 och 3.",
        "Växelventilen hade fastnat. Ställdonet är bytt, varmvattnet är 56 grader efter 20 minuter.",
    ),
    Fault(
        "Termostat går inte att ställa",
        "Rummet är 26 grader fast termostaten står på 20.",
        "Stiftet i ventilen satt fast. Motionerat och ny termostatdel monterad.",
    ),
    Fault(
        "Missljud från cirkulationspumpen",
        "Pumpen tjuter, värst på natten. Hyresgästerna klagar.",
        "Lagret var slut. Ny pump är monterad, inställd på konstant tryck och systemet luftat.",
        "unit",
    ),
    Fault(
        "Ventilationen har stannat",
        "Ingen luft ur donen och fuktigt i tvättstugan.",
        "Fläktremmen hade gått av. Ny rem, remskivorna riktade och filtren bytta.",
        "unit",
    ),
    Fault(
        "Fjärrvärmecentralen tappar tryck",
        "Trycket måste fyllas på var tredje dag.",
        "Läckaget fanns i en avluftare på vinden. Avluftaren är bytt och trycket loggat i ett dygn utan att falla.",
        "gauge",
    ),
    Fault(
        "Golvvärmen i entrén är kall",
        "Två av sex slingor blir inte varma.",
        "Ställdonen för slinga 3 och 4 är bytta och slingorna injusterade.",
    ),
    Fault(
        "Pannan startar inte efter strömavbrottet",
        "Röd lampa på brännaren sedan avbrottet i natt.",
        "Flamvakten var sotig. Rengjord, brännaren justerad och rökgaserna uppmätta.",
    ),
)
CLEAN = (
    Fault(
        "Trapphuset är inte städat",
        "Trapporna i uppgång B har inte moppats den här veckan.",
        "Trapphuset är städat och schemat rättat: uppgång B hade fallit bort ur listan.",
        "floor",
    ),
    Fault(
        "Fläckar på mattan i konferensrummet",
        "Kaffe har spillts ut under bordet, ungefär en halv meter.",
        "Mattan är tvättad med extraktion. Fläcken är borta, mattan torr efter fyra timmar.",
        "floor",
    ),
    Fault(
        "Tvål och papper är slut",
        "Toaletterna på plan 1 saknar tvål och pappershanddukar.",
        "Påfyllt på alla plan. Ett extra lager ligger i städskrubben.",
    ),
    Fault(
        "Fönstren mot gatan behöver putsas",
        "Saltstänk efter snöröjningen, det syns inte in i butiken.",
        "Fönstren är putsade ut- och invändigt, karmarna avtorkade.",
    ),
    Fault(
        "Städmaskinen läcker",
        "Skurmaskinen lämnar vatten efter sig på golvet i hallen.",
        "Sugskrapans gummi är bytt och slangen rengjord. Provkörd utan spill.",
        "floor",
    ),
    Fault(
        "Dålig lukt i soprummet",
        "Det luktar illa ända ut i porten.",
        "Soprummet är högtryckstvättat och desinficerat, golvbrunnen rensad och fylld med vatten.",
    ),
)
SERVICE_HEAT = ("Årlig service värmepump", "Vårservice ventilation", "Kontroll av fjärrvärmecentral")
SERVICE_CLEAN = ("Storstädning", "Golvvård", "Fönsterputs hela fastigheten")
SERVICED = "Utfört enligt checklistan. Inga avvikelser utöver noterade anmärkningar."
BY_AGREEMENT = "Enligt serviceavtalet."

REASONS = (
    "Felet är redan åtgärdat på den förra anmälan.",
    "Fastighetsägaren ansvarar för den delen av anläggningen.",
    "Vi nådde ingen på plats och har inte fått någon ny tid.",
    "Arbetet ingår inte i avtalet. Vi har skickat en offert i stället.",
)
COMMENTS = (
    "Ring innan ni kommer, hunden är lös på gården.",
    "Reservdelen är beställd och väntas på torsdag.",
    "Kunden har provat att stänga av och sätta på igen.",
    "Nyckel finns i nyckelskåpet, koden är den vanliga.",
    "Stegen behövs, luckan sitter i taket.",
)
REPLIES = (
    "Tack, då vet vi.",
    "Går det bra på förmiddagen?",
    "Det har blivit värre sedan i går.",
    "Nu fungerar det igen, tack för hjälpen!",
)
REMARKS = (
    "Isoleringen är sliten, bör ses över till hösten.",
    "Filtret var kraftigt smutsat.",
    "Manometern visar fel och bör bytas.",
    "Utanför gränsen, injusterat så långt det gick.",
)

FIRST = (
    "Maria Anna Margareta Elin Karin Johanna Ingrid Sofia Emma Lovisa Saga Ronja Birgitta Hanna Linnea Lars "
    "Anders Johan Per Nils Erik Mikael Fredrik Gustav Olle Henrik Isak Aslak Jens Sven Tove Astrid Malin Jonas "
    "Viktor Amira Yusuf Oksana Piotr Farid"
).split()
LAST = (
    "Lindvall Sundelin Ekbacka Norrfors Hedmark Stenlund Bergsten Rådström Fjellner Kangas Niemi Vasara Palo "
    "Skarin Töyrä Lantto Hällgren Rönnqvist Åkerblom Ödling Wikdal Tornéus Sjölind Granbom Strömgren Lövkvist "
    "Björnfot Almlid Dahlnäs Grubbström"
).split()

BUSINESSES = (
    "Polcirkelns Hotell AB|Kaisas Konditori AB|Malmberget Däck & Fälg AB|Lapporten Bygg AB|Torne Mekaniska AB|"
    "Kebnekajs Friluft AB|Norrskenets Tandvård AB|Giron Livs AB|Abisko Fjällstation Drift AB|"
    "Rallarvägen Åkeri AB|Esrange Kontorshotell AB|Luossa Fastigheter AB|Midnattssolens Camping AB|"
    "Jukkas Bageri AB|Kurravaara Fisk AB|Svappavaara Snickeri AB|Vittangi Lantmän AB|Karesuando Handel AB|"
    "Aurora Frisörerna AB|Nikkaluokta Stugby AB|Tuolluvaara Bilvård AB|Kirunavaara Verktyg AB|"
    "Ripan Restaurang AB|Tornedalens Trä AB|Sjöstaden Padel AB|Mälarkajens Bistro AB|Hagalunds Tryckeri AB|"
    "Telefonplans Arkitekter AB|Råsunda Optik AB|Liljeholmens Lager AB|Bromma Veterinärklinik AB|"
    "Årsta Grossist AB|Vinterviken Event AB|Hammarby Sjukgymnastik AB|Gröndals Förskolor AB|"
    "Skanstulls Bokhandel AB|Älvsjö Kyl & Frys AB|Solvalla Stallservice AB|Essinge Redovisning AB|"
    "Frihamnens Logistik AB|Nacka Strand Konferens AB|Sickla Glasmästeri AB|Ekerö Trädgård AB|"
    "Kista Elektronik AB|Sundbybergs Cykel AB|Bergshamra Dans AB|Ulriksdals Café AB|Gärdets Hemtjänst AB|"
    "Orminge Motor AB|Tyresö Färghandel AB|Farsta Simhall Drift AB|Högdalens Måleri AB"
).split("|")
HOUSING = (
    "Brf Ripan|Brf Fjällvyn|Brf Lodjuret 4|Brf Malmfältet|Brf Tallbacken|Brf Norrskenet|Brf Gruvtorget|"
    "Brf Järnvägsparken|Brf Midvinter|Brf Hjortronet|Brf Sjöutsikten|Brf Ekdungen|Brf Kajplats 9|"
    "Brf Sockerbruket|Brf Telefonfabriken|Brf Hagalund 12|Brf Vinkelhaken|Brf Lindallén|Brf Strandpipan|"
    "Brf Trädgårdsmästaren"
).split("|")
PUBLIC = (
    "Norrfjälls kommun, fastighet|Norrfjälls kommun, skola|Region Malmfälten, vårdcentraler|"
    "Ripstads kyrkliga samfällighet|Sjönäs kommun, idrott|Sjönäs kommun, bibliotek|Stiftelsen Sjönäs museum|"
    "Norrfjälls räddningstjänst"
).split("|")
NORWEGIAN = "Narvikfjord Sjømat AS"

STREETS = {
    "101": "Malmvägen Ripgatan Gruvallén Fjällgränd Björkstigen Norrskensvägen Hjortrongatan Renstigen".split(),
    "102": "Sjövägen Ekgatan Kajstigen Fabriksgränd Lindvägen Hagastigen Strandallén Bruksgatan".split(),
}
TOWNS = {
    "101": (
        ("981 32", "Kiruna"),
        ("981 41", "Kiruna"),
        ("981 91", "Jukkasjärvi"),
        ("981 92", "Kurravaara"),
        ("984 99", "Vittangi"),
    ),
    "102": (
        ("169 70", "Solna"),
        ("174 53", "Sundbyberg"),
        ("117 61", "Stockholm"),
        ("131 54", "Nacka"),
        ("135 40", "Tyresö"),
    ),
}
PLACES = {
    "business": (
        ("Kontoret", "Ventilation"),
        ("Lagret", "Värmepump"),
        ("Butiken", "Städning"),
        ("Verkstaden", "Värmepump"),
        ("Personalmatsalen", "Städning"),
    ),
    "housing": (
        ("Undercentral hus A", "Fjärrvärme"),
        ("Undercentral hus B", "Fjärrvärme"),
        ("Tvättstugan", "Ventilation"),
        ("Trapphus 1–4", "Städning"),
    ),
    "public": (
        ("Pannrum", "Panna"),
        ("Fläktrum plan 3", "Ventilation"),
        ("Entré och trapphus", "Städning"),
        ("Simhallen", "Ventilation"),
    ),
    "private": (("Villan", "Värmepump"), ("Fritidshuset", "Värmepump"), ("Lägenheten", "Städning")),
}
FUNCTIONS = {
    "business": ("Driftchef", "Receptionist", "Vd", "Butikschef", "Vaktmästare"),
    "housing": ("Ordförande", "Vicevärd", "Kassör", "Fastighetsskötare"),
    "public": ("Fastighetsförvaltare", "Drifttekniker", "Rektor", "Vaktmästare"),
}
ACCESS = (
    "Nyckel hämtas i receptionen.",
    "Portkod finns på kundkortet.",
    "Ring kontaktpersonen en halvtimme innan.",
    "",
)

CHECKLISTS = {
    "Årlig service värmepump": (
        ("Köldbärare", "Rengör smutsfilter", "", None, None),
        ("Köldbärare", "Temperatur in", "°C", "-8", "12"),
        ("Köldbärare", "Temperatur ut", "°C", "-12", "8"),
        ("Köldbärare", "Kontrollera nivå och frysskydd", "", None, None),
        ("Värmesystem", "Tryck i expansionskärl", "bar", "0.8", "1.6"),
        ("Värmesystem", "Framledning", "°C", "25", "60"),
        ("Värmesystem", "Lufta och efterfyll", "", None, None),
        ("Värmesystem", "Motionera säkerhetsventiler", "", None, None),
        ("El och styrning", "Strömförbrukning kompressor", "A", "3", "16"),
        ("El och styrning", "Läs ut larmhistorik", "", None, None),
        ("El och styrning", "Kontrollera efterdragning av plintar", "", None, None),
        ("Avslut", "Märkning och dokumentation på plats", "", None, None),
    ),
    "Kvalitetskontroll städ": (
        ("Golv", "Golv fria från fläckar", "", None, None),
        ("Golv", "Glans efter golvvård", "GU", "40", "90"),
        ("Ytor", "Kontaktytor avtorkade", "", None, None),
        ("Ytor", "Fönster och glas", "", None, None),
        ("Toaletter", "Rena och påfyllda", "", None, None),
        ("Avslut", "Soporna tömda", "", None, None),
    ),
}
