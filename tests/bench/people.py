"""People for imports: names of many languages, and values of every type."""

from __future__ import annotations

import csv
import datetime
import random
from pathlib import Path

# First names, last names and towns by language.
LANGUAGES = {
    "ar": ("ليلى يوسف مريم عمر فاطمة", "الخوري حداد النجار العلي", "القاهرة الرباط بيروت"),
    "bg": ("Иван Мария Георги Елена", "Иванов Петрова Димитров", "София Пловдив Варна"),
    "cs": ("Jiří Věra Tomáš Žofie", "Dvořák Nováková Čech", "Praha Brno Plzeň"),
    "da": ("Søren Åse Mads Freja", "Sørensen Østergaard Kjær", "København Ålborg Århus"),
    "de": ("Jürgen Änne Björn Käthe", "Groß Müller Weiß", "München Köln Düsseldorf"),
    "el": ("Γιώργος Ελένη Νίκος Μαρία", "Παπαδόπουλος Οικονόμου", "Αθήνα Θεσσαλονίκη Πάτρα"),
    "en": ("Ada Grace Alan Mary", "O'Neil King Hopper", "London Leeds Bristol"),
    "es": ("José Íñigo Begoña Ángel", "Muñoz Pérez Ibáñez", "Málaga León Cádiz"),
    "et": ("Jüri Õie Kärt Märt", "Tõnisson Mägi Pärn", "Tallinn Tartu Pärnu"),
    "fi": ("Äijä Väinö Aino Pekka", "Mäkinen Hämäläinen", "Helsinki Jyväskylä Hämeenlinna"),
    "fr": ("Zoé François Noël Hélène", "Lefèvre Bérénger D'Arc", "Orléans Nîmes Besançon"),
    "he": ("נועה דוד יעל אורי", "כהן לוי מזרחי", "חיפה ירושלים אשדוד"),
    "hi": ("आरव प्रिया रोहन अनन्या", "शर्मा वर्मा गुप्ता", "दिल्ली मुंबई जयपुर"),
    "hu": ("Győző Ágnes Özséb Zsófia", "Szűcs Kovács Tóth", "Győr Pécs Székesfehérvár"),
    "is": ("Björk Þór Guðrún Ægir", "Jónsdóttir Þórsson", "Reykjavík Akureyri"),
    "ja": ("さくら 太郎 美咲 健", "佐藤 鈴木 高橋", "東京 大阪 札幌"),
    "ko": ("민준 서연 지후 하은", "김 이 박", "서울 부산 인천"),
    "lt": ("Jūratė Žygimantas Šarūnas", "Žukauskas Šimkutė", "Šiauliai Kaunas Panevėžys"),
    "pl": ("Łucja Grażyna Stanisław Żaneta", "Wójcik Dąbrowska Świątek", "Łódź Kraków Gdańsk"),
    "pt": ("João Conceição Luís Inês", "Magalhães Gonçalves", "São Paulo Évora Guimarães"),
    "ro": ("Ștefan Ioana Mihăiță", "Țiriac Brâncuși", "București Iași Brașov"),
    "ru": ("Фёдор Нина Алексей Ольга", "Достоевский Соколова", "Москва Псков Тверь"),
    "sr": ("Ђорђе Љубица Милош Јелена", "Ђоковић Његош", "Београд Ниш Чачак"),
    "th": ("สมชาย มาลี อรทัย", "ใจดี ศรีสุข", "กรุงเทพ เชียงใหม่"),
    "tr": ("Ümit Çiğdem Şule İsmail", "Yılmaz Öztürk Güneş", "İstanbul Eskişehir Muğla"),
    "uk": ("Ївга Олена Тарас Ґалина", "Шевченко Їжакевич", "Київ Львів Чернігів"),
    "vi": ("Nguyễn Thảo Đức Hương", "Trần Phạm Lê", "Huế Cần Thơ"),
    "zh": ("小明 丽 伟 芳", "王 李 张", "北京 上海 成都"),
}
NOTES = (
    "",
    'said "yes", and left',
    "comes again; prefers tea, not coffee",
    "two lines:\nthe second has a comma, too",
    "no remarks of note",
    "size 7½, 20 € and more — 🙂",
    "",
)
# Attribute and its type; the address stands before them.
ATTRIBUTES = {
    "FIRSTNAME": "text",
    "LASTNAME": "text",
    "LANGUAGE": "text",
    "TOWN": "text",
    "BIRTHDAY": "date",
    "SCORE": "float",
    "ORDERS": "float",
    "NEWSLETTER": "boolean",
    "NOTE": "text",
}
DAY = datetime.date(1940, 1, 1)


def write(path: Path, count: int) -> None:
    """A CSV file with so many people, the same every time: about 130 bytes each."""
    chance = random.Random(count)
    pools = [(language, *(words.split() for words in names)) for language, names in LANGUAGES.items()]
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["EMAIL", *ATTRIBUTES])
        for number in range(count):
            language, first, last, towns = pools[chance.randrange(len(pools))]
            luck = chance.getrandbits(40)
            rows.writerow(
                [
                    f"{language}.{number:x}.{luck & 0xFFFF:x}@subscribers{number % 13}.people.example.com",
                    first[luck % len(first)],
                    last[luck % 97 % len(last)],
                    language,
                    towns[luck % 89 % len(towns)],
                    "" if luck % 10 == 0 else str(DAY + datetime.timedelta(days=luck % 25_000)),
                    "" if luck % 11 == 0 else f"{luck % 4_000 / 8:g}",
                    str(luck % 40),
                    "true" if luck & 64 else "false",
                    NOTES[luck % 83 % len(NOTES)],
                ]
            )


def read(path: Path) -> dict[str, str]:
    """The people of a file by address: every attribute in one form, whoever wrote the file."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        names = next(rows)
        at = {name.upper(): place for place, name in enumerate(names)}
        places = [(at[name], FORMS.get(kind, str)) for name, kind in ATTRIBUTES.items()]
        people = {}
        for row in rows:
            address = row[at["EMAIL"]]
            if address in people:
                raise AssertionError(f"{address} is there twice in {path}")
            people[address] = "\x1f".join(form(row[place]) for place, form in places)
    return people


def _number(text: str) -> str:
    return repr(float(text)) if text else ""


FORMS = {"float": _number, "boolean": str.lower}


def compare(source: Path, exported: Path) -> int:
    """Fails unless both files hold the same people; gives how many."""
    wanted, found = read(source), read(exported)
    if wanted != found:
        missing = wanted.keys() - found.keys()
        strange = found.keys() - wanted.keys()
        other = [address for address in wanted.keys() & found.keys() if wanted[address] != found[address]]
        examples = [(wanted.get(address), found.get(address)) for address in [*missing, *strange, *other][:3]]
        raise AssertionError(f"{len(missing)} missing, {len(strange)} strange, {len(other)} different: {examples}")
    return len(found)
