"""Values for the labelled texts: valid by their check digits, nobody's, the same for the same seed."""

import base64
import json
import string
import zlib

BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
ALNUM = string.ascii_letters + string.digits
NAMES = ["Asha Menon", "Ravi Kulkarni", "Lena Vogt", "Omar Haddad", "Grace Whitlow", "Mei Tanaka", "Diego Sarmiento", "Fatima Noor",
         "Tomasz Wrona", "Ingrid Solheim", "Kwame Boateng", "Priya Raman", "Lucas Ferreira", "Chloe Marchand", "Noah Briggs", "Zeynep Aydin"]
DOMAINS = ["bank.ae", "firma-nord.de", "kulkarni.in", "mail.solheim.no", "haddadtrading.ae", "whitlow.co.uk", "tanaka-shoji.jp", "ferreira.com.br",
           "northwind-hr.com", "posteo-mail.net", "uni-kochi.ac.in", "marchand.fr"]


def luhn(body):
    total = sum(d if i % 2 else d * 2 - 9 * (d > 4) for i, d in enumerate(int(c) for c in reversed(body)))
    return body + str(-total % 10)


def verhoeff(body):
    mul = [[(a + b) % 5 if a < 5 and b < 5 else 5 + (a + b) % 5 if a < 5 else 5 + (a - b) % 5 if b < 5 else (a - b) % 5 for b in range(10)]
           for a in range(10)]
    per = [[(1, 5, 7, 6, 2, 8, 3, 0, 9, 4)[d] for d in range(10)]]
    table = [list(range(10))]
    for _ in range(7):
        table.append([per[0][d] for d in table[-1]])
    c = 0
    for i, ch in enumerate(reversed(body)):
        c = mul[c][table[(i + 1) % 8][int(ch)]]
    inverse = [0, 4, 3, 2, 1, 5, 6, 7, 8, 9]
    return body + str(inverse[c])


def mod97(country, bban):
    number = "".join(str(int(c, 36)) for c in bban + country + "00")
    return f"{country}{98 - int(number) % 97:02d}{bban}"


class Values:
    def __init__(self, rng):
        self.rng = rng

    def digits(self, n, first=None):
        body = "".join(self.rng.choice(string.digits) for _ in range(n))
        return body if first is None else self.rng.choice(first) + body[1:]

    def chars(self, n, alphabet=ALNUM):
        return "".join(self.rng.choice(alphabet) for _ in range(n))

    def pick(self, *options):
        return self.rng.choice(options)

    def hex(self, n):
        return self.chars(n, "0123456789abcdef")

    @staticmethod
    def group(s, sizes, sep):
        out, at = [], 0
        for n in sizes:
            out.append(s[at:at + n])
            at += n
        return sep.join(out)

    # ---- people ----
    def name(self):
        return self.pick(*NAMES)

    def first(self):
        return self.name().split()[0]

    def email(self, form="plain"):
        first, last = self.name().lower().split()
        local = {"plain": f"{first}.{last}", "tag": f"{first}+{self.pick('news', 'bank', 'x1')}", "under": f"{first}_{last}{self.digits(2)}",
                 "short": f"{first[0]}{last}"}[form]
        return f"{local}@{self.pick(*DOMAINS)}"

    def email_spelled(self):
        first, last = self.name().lower().split()
        return self.pick(f"{first}.{last} [at] {last} [dot] org", f"{first}(at){last}.de", f"{first} [at] {last}-consult.com")

    def phone(self, form):
        d = self.digits
        us = f"{d(1, '2345678')}{d(1, '02345678')}{d(1)}", f"{d(1, '23456789')}{d(1, '02345678')}{d(1)}", d(4)
        forms = {
            "us": lambda: "({}) {}-{}".format(*us), "us-dash": lambda: "-".join(us), "us-dot": lambda: ".".join(us),
            "us-e164": lambda: "+1" + "".join(us), "us-intl": lambda: "+1 ({}) {}-{}".format(*us), "us-1": lambda: "1-" + "-".join(us),
            "in-e164": lambda: f"+91 {d(5, '6789')} {d(5)}", "in-dash": lambda: f"+91-{d(10, '6789')}", "in": lambda: d(10, "6789"),
            "in-space": lambda: f"{d(5, '6789')} {d(5)}", "ae": lambda: f"+971 5{d(1, '024568')} {d(3)} {d(4)}",
            "ae-plain": lambda: f"+9715{d(1, '024568')}{d(7)}", "ae-local": lambda: f"05{d(1, '024568')} {d(3)} {d(4)}",
            "uk": lambda: f"+44 20 7{d(3)} {d(4)}", "uk-trunk": lambda: f"+44 (0)20 7{d(3)} {d(4)}", "uk-local": lambda: f"020 7{d(3)} {d(4)}",
            "uk-mobile": lambda: f"07{d(3)} {d(6)}", "de": lambda: f"+49 30 {d(6, '123456789')}", "de-mobile": lambda: f"+49 151 {d(8)}",
            "de-local": lambda: f"030 {d(6, '123456789')}", "de-slash": lambda: f"0151/{d(8)}", "fr": lambda: f"+33 6 {d(2)} {d(2)} {d(2)} {d(2)}",
            "fr-local": lambda: f"06 {d(2)} {d(2)} {d(2)} {d(2)}", "es": lambda: f"+34 6{d(2)} {d(3)} {d(3)}", "br": lambda: f"+55 11 9{d(4)}-{d(4)}",
            "jp": lambda: f"+81 90-{d(4, '123456789')}-{d(4)}", "sg": lambda: f"+65 9{d(3)} {d(4)}", "au": lambda: f"+61 4{d(2)} {d(3)} {d(3)}",
            "00": lambda: f"0044 20 7{d(3)} {d(4)}", "cn": lambda: f"13{d(9)}",
        }
        return forms[form]()

    def date(self, form, years=(1948, 2004)):
        y, m, day = self.rng.randint(*years), self.rng.randint(1, 12), self.rng.randint(1, 28)
        en = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"][m - 1]
        de = ["Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"][m - 1]
        fr = ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"][m - 1]
        es = ["enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"][m - 1]
        return {"iso": f"{y}-{m:02d}-{day:02d}", "dmy": f"{day:02d}/{m:02d}/{y}", "mdy": f"{m:02d}/{day:02d}/{y}", "dot": f"{day:02d}.{m:02d}.{y}",
                "long": f"{day} {en} {y}", "us-long": f"{en} {day}, {y}", "mon": f"{day:02d}-{en[:3]}-{y}", "de-long": f"{day}. {de} {y}",
                "fr-long": f"{day} {fr} {y}", "es-long": f"{day} de {es} de {y}", "cjk": f"{y}年{m}月{day}日", "compact": f"{y}{m:02d}{day:02d}"}[form]

    # ---- numbers with check digits ----
    def payment_card(self, form="plain"):
        kind = self.pick("visa", "master", "master2", "discover", "jcb", "rupay") if form != "amex" else "amex"
        lead, n = {"visa": ("4", 16), "master": (str(self.rng.randint(51, 55)), 16), "master2": (str(self.rng.randint(2221, 2720)), 16),
                   "discover": ("6011", 16), "jcb": (str(self.rng.randint(3528, 3589)), 16), "rupay": ("6521", 16),
                   "amex": (self.pick("34", "37"), 15)}[kind]
        number = luhn(lead + self.digits(n - 1 - len(lead)))
        if form == "amex":
            return self.group(number, (4, 6, 5), " ")
        return self.group(number, (4, 4, 4, 4), {"spaced": " ", "dash": "-", "plain": ""}[form])

    def bad_card(self, form="plain"):
        number = self.payment_card("plain")
        number = number[:-1] + str((int(number[-1]) + self.rng.randint(1, 9)) % 10)
        return self.group(number, (4, 4, 4, 4), {"spaced": " ", "dash": "-", "plain": ""}[form])

    def iban(self, form="plain"):
        d = self.digits
        iban = self.pick(lambda: mod97("DE", d(18)), lambda: mod97("AE", "033" + d(16)), lambda: mod97("GB", "WEST" + d(14)), lambda: mod97("FR", d(23)),
                         lambda: mod97("NL", "ABNA" + d(10)), lambda: mod97("ES", d(20)), lambda: mod97("CH", d(17)), lambda: mod97("SA", d(20)),
                         lambda: mod97("IT", "X" + d(22)), lambda: mod97("PL", d(24)), lambda: mod97("NO", d(11)))()
        return iban if form == "plain" else " ".join(iban[i:i + 4] for i in range(0, len(iban), 4))

    def bad_iban(self, form="plain"):
        iban = self.iban("plain")
        iban = iban[:-1] + str((int(iban[-1]) + self.rng.randint(1, 9)) % 10)
        return iban if form == "plain" else " ".join(iban[i:i + 4] for i in range(0, len(iban), 4))

    def aadhaar(self, form="spaced"):
        number = verhoeff(self.digits(11, "23456789"))
        return self.group(number, (4, 4, 4), {"spaced": " ", "dash": "-", "plain": ""}[form])

    def bad_aadhaar(self):
        number = verhoeff(self.digits(11, "23456789"))
        number = number[:-1] + str((int(number[-1]) + self.rng.randint(1, 9)) % 10)
        return self.group(number, (4, 4, 4), " ")

    def pan(self):
        up = string.ascii_uppercase
        return self.chars(3, up) + self.pick(*"PPPCHF") + self.chars(1, up) + self.digits(4, "123456789") + self.chars(1, up)

    def ssn(self, form="dash"):
        s = f"{self.rng.randint(1, 665):03d}{self.rng.randint(1, 99):02d}{self.rng.randint(1, 9999):04d}"
        return self.group(s, (3, 2, 4), "-" if form == "dash" else " ") if form != "plain" else s

    def bad_ssn(self):
        return self.pick("000", "666", str(self.rng.randint(900, 999))) + f"-{self.digits(2, '123')}-{self.digits(4, '123')}"

    def emirates_id(self, form="dash"):
        s = luhn(f"784{self.rng.randint(1950, 2005)}{self.digits(7)}")
        return self.group(s, (3, 4, 7, 1), "-") if form == "dash" else s

    def bad_emirates_id(self):
        s = self.emirates_id("plain")
        return self.group(s[:-1] + str((int(s[-1]) + 3) % 10), (3, 4, 7, 1), "-")

    def nhs_number(self, form="spaced"):
        while True:
            body = self.digits(9, "4679")
            check = 11 - sum(int(c) * w for c, w in zip(body, range(10, 1, -1))) % 11
            if check != 10:
                s = body + str(check % 11)
                return self.group(s, (3, 3, 4), " ") if form == "spaced" else s

    def nino(self, form="plain"):
        s = self.pick("AB", "CE", "HK", "JM", "PR", "SW", "YX", "LA") + self.digits(6) + self.pick(*"ABCD")
        return s if form == "plain" else self.group(s, (2, 2, 2, 2, 1), " ")

    def passport(self, form="in"):
        return {"in": lambda: self.pick(*"KLMNPRSTZ") + self.digits(7, "123456789"), "uk": lambda: self.digits(9, "1345"),
                "two": lambda: self.chars(2, string.ascii_uppercase) + self.digits(7)}[form]()

    def ip_address(self, form="v4"):
        r = self.rng.randint
        return {"v4": lambda: f"{self.pick(23, 51, 78, 91, 104, 141, 185, 203)}.{r(1, 254)}.{r(1, 254)}.{r(1, 254)}",
                "private": lambda: self.pick(f"10.{r(0, 255)}.{r(0, 255)}.{r(1, 254)}", f"192.168.{r(0, 20)}.{r(2, 254)}", f"172.{r(16, 31)}.{r(0, 255)}.{r(1, 254)}"),
                "v6": lambda: f"2a02:{r(0x100, 0xffff):x}:{r(0x10, 0xffff):x}:{r(0x10, 0xffff):x}::{r(0x10, 0xffff):x}",
                "v6-full": lambda: ":".join(["2001", "0db8"] + [f"{r(0, 0xffff):04x}" for _ in range(6)])}[form]()

    def upi(self, form="name"):
        first, last = self.name().lower().split()
        if form == "phone":
            return self.digits(10, "6789") + "@" + self.pick("ybl", "paytm", "okicici", "axl", "ibl", "upi")
        if form == "other":
            return f"{first}{self.digits(2)}@" + self.pick("newpsp", "finbank", "quickpay")
        return f"{first}.{last}@" + self.pick("okhdfcbank", "okaxis", "oksbi", "ybl", "icici", "kotak", "apl")

    def bank_account(self, form="in"):
        return {"in": lambda: self.digits(self.pick(11, 12, 14), "12356"), "uk": lambda: self.digits(8, "123456789"),
                "us": lambda: self.digits(10, "1234"), "de": lambda: self.digits(10, "12345")}[form]()

    def ifsc(self):
        return self.pick("HDFC", "SBIN", "ICIC", "UTIB", "KKBK") + "0" + self.digits(6, "0123")

    def sort_code(self):
        return f"{self.rng.randint(10, 60)}-{self.digits(2)}-{self.digits(2, '123456789')}"

    def routing_number(self):
        while True:
            s = self.pick("02", "05", "11", "12", "26", "31", "07") + self.digits(7)
            if sum(int(c) * w for c, w in zip(s, (3, 7, 1) * 3)) % 10 == 0:
                return s

    def german_tax_id(self):
        first = list(self.rng.sample(string.digits, 9))
        body = first + [self.pick(*first)]
        while True:
            self.rng.shuffle(body)
            if body[0] != "0":
                break
        product = 10
        for c in body:
            s = (int(c) + product) % 10 or 10
            product = s * 2 % 11
        return "".join(body) + str((11 - product) % 10)

    def spanish_id(self):
        n = self.rng.randint(10000000, 99999999)
        return f"{n}{'TRWAGMYFPDXBNJZSQVHLCKE'[n % 23]}"

    def french_nir(self):
        s = f"{self.pick(1, 2)}{self.rng.randint(40, 99)}{self.rng.randint(1, 12):02d}{self.rng.randint(1, 95):02d}{self.rng.randint(1, 990):03d}{self.rng.randint(1, 990):03d}"
        return self.group(s + f"{97 - int(s) % 97:02d}", (1, 2, 2, 2, 3, 3, 2), self.pick(" ", ""))

    def cpf(self):
        body = self.digits(9, "123456789")
        for start in (10, 11):
            r = sum(int(c) * w for c, w in zip(body, range(start, 1, -1))) % 11
            body += "0" if r < 2 else str(11 - r)
        return f"{body[:3]}.{body[3:6]}.{body[6:9]}-{body[9:]}"

    def canadian_sin(self):
        return self.group(luhn(self.digits(8, "1234567")), (3, 3, 3), self.pick(" ", "-"))

    def nric(self):
        first, body = self.pick(*"STFG"), self.digits(7)
        total = sum(int(c) * w for c, w in zip(body, (2, 7, 6, 5, 4, 3, 2))) + (4 if first in "TG" else 0)
        return first + body + ("JZIHGFEDCBA" if first in "ST" else "XWUTRQPNMLK")[total % 11]

    def mac_address(self):
        return ":".join(f"{self.rng.randint(0, 255):02x}" for _ in range(6))

    def imei(self):
        return luhn("35" + self.digits(12))

    # ---- things that look alike ----
    def uuid(self):
        h = self.hex(32)
        return self.group(h, (8, 4, 4, 4, 12), "-")

    def sha(self, n=40):
        return self.hex(int(n))

    def order(self, n=10):
        return self.digits(int(n), "123456789")

    def isbn(self):
        body = "978" + self.digits(9)
        return body + str(-sum(int(c) * (1, 3)[i % 2] for i, c in enumerate(body)) % 10)

    def version(self, n=4):
        return ".".join(str(self.rng.randint(0, 40)) for _ in range(int(n)))

    def epoch(self):
        return str(self.rng.randint(1500000000, 1790000000))

    def millis(self):
        return str(self.rng.randint(1500000000000, 1790000000000))

    def iso(self):
        return self.date("iso", (2018, 2026))

    # ---- secrets ----
    def crc_token(self, prefix):
        body = self.chars(30)
        crc, tail = zlib.crc32(body.encode()), ""
        for _ in range(6):
            tail = BASE62[crc % 62] + tail
            crc //= 62
        return prefix + body + tail

    def b64(self, n):
        return base64.b64encode(bytes(self.rng.randrange(256) for _ in range(int(n)))).decode()

    def pem(self, kind, sep="\n"):
        lines = [self.chars(64, ALNUM + "+/") for _ in range(6)] + [self.chars(40, ALNUM + "+/") + "=="]
        return sep.join([f"-----BEGIN {kind}-----", *lines, f"-----END {kind}-----"])

    def aws_access_key(self):
        return self.pick("AKIA", "ASIA") + self.chars(16, string.ascii_uppercase + "234567")

    def aws_secret_key(self):
        return self.chars(40, ALNUM + "+/")

    def github_token(self, form="ghp"):
        return "github_pat_" + self.chars(22) + "_" + self.chars(59) if form == "pat" else self.crc_token(form + "_")

    def gitlab_token(self):
        return "glpat-" + self.chars(20, ALNUM + "_-")

    def slack_token(self):
        return f"xoxb-{self.digits(12, '123')}-{self.digits(13, '123')}-{self.chars(24)}"

    def slack_webhook(self):
        up = string.ascii_uppercase + string.digits
        return f"https://hooks.slack.com/services/T{self.chars(10, up)}/B{self.chars(10, up)}/{self.chars(24)}"

    def jwt(self):
        part = lambda o: base64.urlsafe_b64encode(json.dumps(o, separators=(",", ":")).encode()).decode().rstrip("=")
        return f"{part({'alg': 'HS256', 'typ': 'JWT'})}.{part({'sub': self.digits(6), 'iat': int(self.epoch())})}.{self.chars(43, ALNUM + '_-')}"

    def gcp_api_key(self):
        return "AIza" + self.chars(35, ALNUM + "_-")

    def gcp_oauth_secret(self):
        return "GOCSPX-" + self.chars(28, ALNUM + "_-")

    def gcp_service_account(self):
        return self.pem("PRIVATE KEY", "\\n") + "\\n"

    def azure_storage_key(self):
        return self.b64(64)

    def azure_shared_access_key(self):
        return self.b64(32)

    def azure_client_secret(self):
        return self.chars(3) + "8Q~" + self.chars(34, ALNUM + "_.-~").replace(".", "x")

    def azure_sas(self):
        return self.b64(32).replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")

    def openai_key(self, form="proj"):
        return f"sk-{self.chars(20)}T3BlbkFJ{self.chars(20)}" if form == "old" else "sk-proj-" + self.chars(74, ALNUM + "_-") + "T3BlbkFJ" + self.chars(74, ALNUM + "_-").strip("-")

    def anthropic_key(self):
        return "sk-ant-api03-" + self.chars(93, ALNUM + "_-") + "AA"

    def stripe_key(self):
        return self.pick("sk_live_", "rk_live_", "sk_test_") + self.chars(24)

    def twilio_key(self):
        return "SK" + self.hex(32)

    def twilio_token(self):
        return self.hex(32)

    def sendgrid_key(self):
        return f"SG.{self.chars(22, ALNUM + '_-')}.{self.chars(42, ALNUM + '_-')}x"

    def npm_token(self):
        return self.crc_token("npm_")

    def pypi_token(self):
        return "pypi-AgEIcHlwaS5vcmc" + self.chars(130, ALNUM + "_-") + "x"

    def huggingface_token(self):
        return "hf_" + self.chars(34, string.ascii_letters)

    def database_url(self, form="postgres"):
        port = {"postgres": 5432, "mysql": 3306, "mongodb": 27017, "amqp": 5672, "redis": 6379}[form]
        return f"{form}://{self.pick('app', 'svc_orders', 'reporting')}:{self.chars(16)}@{self.pick('db-1.internal', 'db.prod.bank.ae', '10.4.2.9')}:{port}/{self.pick('orders', 'main', 'ledger')}"

    def url_password(self):
        return f"https://deploy:{self.chars(20)}@git.bank.ae"

    def private_key(self, form="rsa"):
        return self.pem({"rsa": "RSA PRIVATE KEY", "ssh": "OPENSSH PRIVATE KEY", "ec": "EC PRIVATE KEY", "pkcs8": "PRIVATE KEY"}[form])

    def telegram_token(self):
        return f"{self.digits(10, '1567')}:AA{self.chars(33, ALNUM + '_-')}".rstrip("-") + "x"[:0]

    def discord_token(self):
        account = base64.b64encode(self.digits(18, "1234").encode()).decode().rstrip("=")
        return f"{account}.{self.chars(6)}.{self.chars(38, ALNUM + '_-')}"

    def discord_webhook(self):
        return f"https://discord.com/api/webhooks/{self.digits(18, '123')}/{self.chars(68, ALNUM + '_-')}"

    def generic_secret(self, form="mixed"):
        return {"mixed": lambda: self.chars(24), "hex": lambda: self.hex(32), "marks": lambda: self.chars(6) + self.pick("!", "#", "&", "%") + self.chars(5) + self.digits(2),
                "word": lambda: self.pick("kestrel", "marigold", "tungsten", "quarry") + self.digits(2) + self.pick("!", "$", "?") + self.chars(3)}[form]()

    def bearer_token(self):
        return self.chars(40)

    def basic_auth(self):
        return base64.b64encode(f"svc-{self.first().lower()}:{self.chars(14)}".encode()).decode()
