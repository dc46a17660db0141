"""Writes people.csv: what an export of an old system looks like. The same file at every run."""

import csv
import random
from pathlib import Path

NAMES = {
    "en": (
        ["James", "Mary", "Robert", "Linda", "O'Neil", "Grace"],
        ["Smith", "Jones", "Brown", "Taylor", "Walker"],
        "London",
        "United Kingdom",
    ),
    "fr": (
        ["Zoé", "François", "Éloïse", "Hélène", "Noël"],
        ["Lefèvre", "Garçon", "Château", "Bézier"],
        "Orléans",
        "France",
    ),
    "de": (
        ["Jürgen", "Käthe", "Björn", "Müslüm", "Anneliese"],
        ["Müller", "Groß", "Weiß", "Schröder"],
        "Köln",
        "Deutschland",
    ),
    "pl": (["Łukasz", "Małgorzata", "Żaneta", "Stanisław"], ["Wójcik", "Dąbrowski", "Źrebiec"], "Łódź", "Polska"),
    "tr": (["İbrahim", "Ayşe", "Gülşen", "Çağrı"], ["Yılmaz", "Öztürk", "Şahin"], "İzmir", "Türkiye"),
    "el": (["Γιώργος", "Ελένη", "Νίκος"], ["Παπαδόπουλος", "Ζαφείρης"], "Αθήνα", "Ελλάδα"),
    "ru": (["Анна", "Сергей", "Ольга", "Пётр"], ["Иванова", "Кузнецов", "Щукин"], "Москва", "Россия"),
    "he": (["נועה", "יוסף", "רחל"], ["כהן", "לוי", "מזרחי"], "חיפה", "ישראל"),
    "ar": (["محمد", "فاطمة", "ليلى"], ["حسن", "العلي"], "القاهرة", "مصر"),
    "hi": (["आरव", "प्रिया", "राहुल"], ["शर्मा", "गुप्ता"], "दिल्ली", "भारत"),
    "zh": (["伟", "芳", "娜", "秀英"], ["王", "李", "张", "刘"], "北京", "中国"),
    "ja": (["太郎", "花子", "健一"], ["佐藤", "鈴木", "高橋"], "東京", "日本"),
    "ko": (["민준", "서연", "지우"], ["김", "이", "박"], "서울", "대한민국"),
    "vi": (["Nguyệt", "Đức", "Hường"], ["Nguyễn", "Trần", "Lê"], "Huế", "Việt Nam"),
    "th": (["สมชาย", "กัญญา"], ["ใจดี", "สุขใจ"], "เชียงใหม่", "ประเทศไทย"),
}
NOTES = [
    "",
    "Prefers mail, not phone",
    'Said "call me in spring"',
    "Two lines:\nsecond line",
    "=SUM(A1:A2)",
    "semi;colon, comma and\ttab",
    "🎂 birthday club",
    "  spaces around  ",
]
BAD_ADDRESSES = [
    "",
    "no-at-sign.example.com",
    "two@@example.com",
    "space in@example.com",
    "@example.com",
    "name@",
    "dot.@example.com",
]


def people() -> list[list[str]]:
    rng = random.Random(2026)
    rows = []
    for i in range(1150):
        language = rng.choice(list(NAMES))
        first, last, city, country = NAMES[language]
        address = f"person{i:04}.{language}@example.{rng.choice(['com', 'org', 'net'])}"
        day = f"{rng.randint(2015, 2026)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
        rows.append(
            [
                address,
                rng.choice(first),
                rng.choice(last),
                city,
                country,
                day,
                f"{rng.random() * 100:.1f}",
                rng.choice(NOTES),
            ]
        )
    for i in range(30):  # The same people again, in other letters.
        again = list(rng.choice(rows[:1000]))
        again[0] = again[0].upper() if i % 2 else again[0]
        rows.insert(rng.randrange(len(rows)), again)
    for i in range(28):
        bad = list(rng.choice(rows))
        bad[0] = BAD_ADDRESSES[i % len(BAD_ADDRESSES)]
        rows.insert(rng.randrange(len(rows)), bad)
    for i in range(6):  # Rows that lost a field or have one too many.
        at = rng.randrange(len(rows))
        broken = list(rows[at])
        broken[0] = f"broken{i}@example.com"
        rows.insert(at, broken[:4] if i % 2 else [*broken, "one too many"])
    return rows


def main() -> None:
    path = Path(__file__).with_name("people.csv")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["E-mail", "Firstname", "Lastname", "City", "Country", "Signed up", "Score", "Note"])
        writer.writerows(people())


if __name__ == "__main__":
    main()
