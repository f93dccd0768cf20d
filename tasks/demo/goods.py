"""What the demo company sells: (number, name, unit, price, purchase price) by product group, prices in kronor."""

NO_LIMIT = None
# group: the highest discount in percent
GROUPS = {
    "Arbete": 10,
    "Resor": 0,
    "Filter och ventilation": 30,
    "Värmedelar": 25,
    "Köldmedium": 5,
    "Städmaterial": NO_LIMIT,
}

Goods = tuple[str, str, str, int, int]

GOODS: dict[str, tuple[Goods, ...]] = {
    "Arbete": (
        ("1001", "Arbetstid värmetekniker", "tim", 895, 420),
        ("1002", "Arbetstid kyltekniker, certifierad", "tim", 995, 465),
        ("1003", "Arbetstid städ", "tim", 445, 265),
        ("1004", "Arbetstid jour, vardag kväll", "tim", 1495, 690),
        ("1005", "Arbetstid jour, helg", "tim", 1895, 880),
        ("1006", "Lärling", "tim", 495, 240),
        ("1010", "Fast pris årlig service värmepump", "st", 1990, 900),
        ("1011", "Fast pris läcksökning", "st", 1450, 650),
        ("1012", "Fast pris OVK-besiktning, lägenhet", "st", 690, 320),
        ("1013", "Provtagning och protokoll", "st", 380, 150),
    ),
    "Resor": (
        ("2001", "Framkörningsavgift zon 1", "st", 395, 180),
        ("2002", "Framkörningsavgift zon 2", "st", 595, 270),
        ("2003", "Framkörningsavgift zon 3", "st", 895, 400),
        ("2004", "Servicebil, kilometer", "km", 12, 6),
        ("2005", "Restid", "tim", 695, 380),
        ("2006", "Trängselskatt och färja", "st", 85, 85),
    ),
    "Filter och ventilation": (
        ("3101", "Filter G4 592×592×48", "st", 189, 78),
        ("3102", "Filter F7 592×592×360", "st", 549, 241),
        ("3103", "Filter F7 592×287×360", "st", 419, 187),
        ("3104", "Filtersats villaaggregat", "sats", 649, 298),
        ("3105", "Kolfilter 592×592", "st", 1290, 640),
        ("3110", "Fläktrem SPZ 1250", "st", 245, 96),
        ("3111", "Fläktrem SPA 1400", "st", 289, 118),
        ("3112", "Lagersats frånluftsfläkt", "sats", 865, 410),
        ("3113", "Tilluftsdon 125 mm", "st", 329, 141),
        ("3114", "Frånluftsdon 125 mm", "st", 219, 92),
        ("3115", "Spjällmotor 24 V", "st", 1995, 1040),
        ("3116", "Tryckgivare kanal", "st", 1490, 720),
    ),
    "Värmedelar": (
        ("4101", "Luft/vatten-värmepump 12 kW", "st", 68900, 48100),
        ("4102", "Luft/vatten-värmepump 8 kW", "st", 54900, 38300),
        ("4103", "Bergvärmepump 10 kW", "st", 79500, 56200),
        ("4104", "Ackumulatortank 300 l", "st", 14900, 9800),
        ("4110", "Cirkulationspump 25-60", "st", 3290, 1890),
        ("4111", "Cirkulationspump 32-80", "st", 5490, 3180),
        ("4112", "Expansionskärl 18 l", "st", 695, 325),
        ("4113", "Expansionskärl 35 l", "st", 1190, 560),
        ("4114", "Säkerhetsventil 3 bar", "st", 345, 142),
        ("4115", "Shuntventil DN25 med motor", "st", 3850, 2210),
        ("4116", "Smutsfilter DN25", "st", 425, 178),
        ("4117", "Automatavluftare", "st", 289, 118),
        ("4118", "Radiatortermostat", "st", 395, 168),
        ("4119", "Elpatron 6 kW", "st", 2190, 1240),
        ("4120", "Rumsgivare, trådlös", "st", 1290, 655),
        ("4121", "Rörisolering 28 mm", "m", 48, 19),
    ),
    "Köldmedium": (
        ("5101", "Köldmedium R290", "kg", 690, 310),
        ("5102", "Köldmedium R32", "kg", 790, 395),
        ("5103", "Köldmedium R744", "kg", 195, 72),
        ("5104", "Köldmedium R410A, återvunnet", "kg", 1290, 820),
        ("5105", "Omhändertagande av köldmedium", "kg", 285, 140),
        ("5106", "Torkfilter 3/8", "st", 445, 195),
        ("5107", "Läcksökningsvätska", "st", 129, 52),
    ),
    "Städmaterial": (
        ("6101", "Golvvårdsmedel, 5 l", "st", 389, 176),
        ("6102", "Allrengöring, 5 l", "st", 249, 98),
        ("6103", "Fönsterputs, 1 l", "st", 79, 29),
        ("6104", "Avfallssäckar 125 l, rulle", "rulle", 95, 41),
        ("6105", "Moppgarn mikrofiber", "st", 119, 48),
        ("6106", "Handdukspapper, bal", "bal", 425, 214),
        ("6107", "Toalettpapper, bal", "bal", 365, 182),
        ("6108", "Tvålrefill, 1 l", "st", 89, 36),
        ("6109", "Entrématta, byte", "st", 145, 62),
    ),
}

SPARE = {
    "Värme": ("4112", "4114", "4116", "4117", "4118", "3101", "3104", "5107", "4110"),
    "Städ": ("6101", "6102", "6104", "6105", "6109"),
}

# Heading, text above the lines, and what is offered: (number, quantity).
OFFERS = (
    (
        "Byte av värmepump i pannrum",
        "Tack för visningen av pannrummet. Vi byter dagens pump mot en ny luft/vatten-enhet, med demontering, "
        "igångkörning och genomgång med den som sköter huset.",
        (("4101", "1"), ("4104", "1"), ("1001", "16"), ("4121", "18"), ("2001", "2")),
    ),
    (
        "Årlig service av ventilationen",
        "Filterbyte, rengöring av fläktar och injustering, en gång om året. Tiden bokar vi tre veckor före.",
        (("3102", "6"), ("3110", "2"), ("1001", "5.5"), ("2001", "1")),
    ),
    (
        "Nya termostater i samtliga lägenheter",
        "Gamla ventiler ersätts och systemet injusteras. Boende aviseras av oss en vecka i förväg.",
        (("4118", "64"), ("1001", "24"), ("4117", "8"), ("2001", "3")),
    ),
    (
        "Storstädning efter ombyggnad",
        "Golv, fönster in- och utvändigt och alla ytor ovan 1,8 meter.",
        (("1003", "36"), ("6101", "4"), ("6103", "6"), ("6104", "5"), ("2001", "2")),
    ),
    (
        "Kyldisk, byte till R744",
        "Köldmediet töms och tas om hand, och disken laddas med R744. Butiken kan hålla öppet under arbetet.",
        (("5103", "12"), ("5105", "9.5"), ("5106", "2"), ("1002", "14"), ("2002", "2")),
    ),
    (
        "Cirkulationspump och shunt",
        "Pumpen går ojämnt och shunten kärvar. Båda byts samtidigt, så räcker ett stopp.",
        (("4110", "1"), ("4115", "1"), ("1001", "4"), ("2001", "1")),
    ),
)
TERMS = (
    "Betalning 30 dagar efter faktura. Arbete utöver offerten sker mot löpande räkning efter överenskommelse. "
    "Garanti på arbete 2 år, på utrustning enligt leverantören."
)
SAID_YES = ("Bekräftat på telefon.", "Svarade på mejlet: kör på.", "Undertecknad offert mottagen.")
SAID_NO = ("Väntar till nästa års budget.", "Valde en annan leverantör.")
