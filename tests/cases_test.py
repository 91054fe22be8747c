#!/usr/bin/env python3
"""Runs cases/*.case through the command line: rules given as text, a question, the expected answer.

    given market KE CIF KES "EACCMA, Fourth Schedule"
    given duty KE 0901 25% "EAC CET 2022"
    given preference KE 0901 Free COMESA RW "COMESA Treaty"      the proof is called like the program
    given surcharge|fee|excise|vat KE [0901|all] 16% [program=X] [base=…] [conditions…] "law"
    given scheme EU ioss value<=150EUR buyer=consumer "law"        a way to declare that may be chosen
    given valuation BD freight-default goods*0.20 "law"            what counts where the papers do not say
    given waiver CN duty 50 CNY "small duty" "law"                 not collected where it comes to no more
    given refund US AGOA 2025-10-01 2026-02-02 known 2026-02-03 claim 2026-08-02 "law"
    given quota GB 051104 open 1200 KGM 2026-01-05                 state, balance, unit, day of the balance
    given meursing EU 7000 EA 12.50 EUR                            for 100 kg
    given rates BD 40 base USD BDT 110 2026-01-01                  of customs, fresh for so many days
    given books starter                                            the packs that ship, instead of all these
    ask from VN to KE code 090121 value 1000.00 USD freight 120.00 USD … fx USD/KES 100
    and code 090111 value 10.00 USD                                another line of goods
    expect
      duty 25%   282.50 USD   EAC CET 2022

UPDATE_CASES=1 rewrites what is expected; the difference is the review.
"""
import json, os, pathlib, re, shlex, subprocess, sys, tempfile

SOURCE = pathlib.Path(os.environ.get("ALLROADS_SOURCE") or pathlib.Path(__file__).resolve().parent.parent)
PROGRAM = os.environ.get("ALLROADS_BIN") or str(SOURCE / "build/release/allroads")
STARTER = "no-such-folder"  # then the program answers from the packs that ship with it
HEADER = (
    "market,hs,kind,program,origins,excluded,duty,valid_from,valid_to,known_from,conditions,stack,legal,title,"
    "url,checked_on,confidence"
)
KINDS = {"duty": "third-country"}
KEYS = ("program", "origins", "excluded", "valid_from", "valid_to", "known_from", "stack")


def measure(words):
    """One line of measures.csv from the words after `given`."""
    kind, market, hs, duty, *rest = words
    row = dict.fromkeys(HEADER.split(","), "")
    conditions = []
    row.update(
        market=market,
        hs="" if hs == "all" else hs,
        kind=KINDS.get(kind, kind),
        duty=duty,
        legal=rest.pop(),
        confidence="official",
    )
    for word in rest:
        key, _, value = word.partition("=")
        if key in KEYS:
            row[key] = value.replace("+", " ") if key in ("origins", "excluded") else value
        else:
            conditions.append(word)
    if row["kind"] == "preference":
        conditions.append("proof=" + row["program"])
    row["conditions"] = ";".join(conditions)
    return ",".join('"' + row[name].replace('"', '""') + '"' for name in HEADER.split(","))


def market(words):
    code, basis, currency, *rest = words
    law = rest.pop()
    vat = next((w[4:] for w in rest if w.startswith("vat=")), "customs-value+duty+surcharge+excise")
    more = "\n".join(f'{k} = "{v}"' for k, v in (w.split("=", 1) for w in rest if not w.startswith("vat=")))
    terms = ", ".join(f'"{term}"' for term in vat.split("+"))
    return f'''[pack]
title = "given"
market = "{code}"
checked_on = "2026-01-01"
[market]
code = "{code}"
name = "{code}"
basis = "{basis}"
basis_law = "{law}"
currency = "{currency}"
members = ["{code}"]
vat_base = [{terms}]
{more}
'''


def extra(words):
    """A table of pack.toml, or a line of another table of the pack: (market, file, text)."""
    kind, market_code, *rest = words
    if kind == "scheme":
        code, *conditions, law = rest
        table = {"code": code, "name": code, "conditions": ";".join(conditions), "law": law}
    elif kind == "valuation":
        what, value, *conditions, law = rest
        table = {"what": what, "value": value, "conditions": ";".join(conditions), "law": law}
    elif kind == "waiver":
        of, amount, currency, name, law = rest
        table = {"of": of, "up_to": f"{amount} {currency}", "name": name, "law": law}
    elif kind == "refund":
        program, first, last, _, known, _, claim, law = rest
        table = {"program": program, "entered_from": first, "entered_to": last, "known_from": known,
                 "claim_by": claim, "law": law}
    elif kind == "quota" and rest[1] in ("open", "critical", "exhausted", "suspended", "blocked"):
        order, state, balance, unit, day = rest
        return market_code, "quotas.csv", f"{market_code},{order},{balance},{unit},{state},{day}"
    elif kind == "meursing":
        code, component, amount, currency = rest
        return market_code, "agricultural.csv", f"{market_code},{code},{component},{amount},{currency}"
    elif kind == "rates":
        days, _, base, currency, units, day = rest
        return market_code, "fx.csv", f"{base},{currency},{day},{units}|{days}"
    else:
        return None
    lines = "\n".join(f'{key} = "{value}"' for key, value in table.items())
    return market_code, "pack.toml", f"[[{kind}]]\n{lines}\n"


HEADERS = {
    "quotas.csv": "market,order,balance,unit,state,as_of",
    "agricultural.csv": "market,code,component,amount,currency",
    "fx.csv": "base,currency,day,units",
}


def question(words, request=None):
    item = {}
    if request is None:
        request = {"date": "2026-01-01", "known_on": "2026-01-01", "goods": []}
    words = list(words)
    while words:
        key = words.pop(0)
        value = words.pop(0)
        if key in ("from", "to", "road", "buyer", "terms", "currency", "tax_scheme", "to_region", "share_by",
                   "discount"):
            request[key] = value
        elif key == "on":
            request["date"] = request["known_on"] = value
        elif key == "known_on":
            request["known_on"] = value
        elif key == "code":
            item["hs"] = value
        elif key == "value":
            item["price"], item["price_currency"] = value, words.pop(0)
        elif key in ("freight", "insurance"):
            request[key] = {"amount": value, "currency": words.pop(0)}
        elif key in ("cost", "cost-before", "cost-included", "cost-unless-scheme"):
            cost = {"name": "cost", "amount": value, "currency": words.pop(0)}
            if key == "cost-before":
                cost["after_import"] = False
            if key == "cost-included":
                cost["included"] = True
            if key == "cost-unless-scheme":
                cost["scheme"] = "none"
            request.setdefault("costs", []).append(cost)
        elif key == "insured":
            request["insurance"] = {"percent_of_110_cif": value}
        elif key == "freight-per-kg":
            request["freight"] = {"per_kg": value, "currency": words.pop(0)}
        elif key == "package":
            sizes = value.split("x")
            request.setdefault("packages", []).append(
                dict(zip(("count", "length_cm", "width_cm", "height_cm"), sizes)) | {"gross_kg": words.pop(0)}
            )
        elif key == "proof":
            request.setdefault("proofs", []).append(value)
        elif key == "fx":
            request.setdefault("fx", {})[value] = words.pop(0)
        elif key == "fact":
            name, _, said = value.partition("=")
            item.setdefault("facts", {})[name] = said
        elif key == "needs":
            item.setdefault("supplementary", {})[value] = words.pop(0)
        elif key == "additional":
            item.setdefault("additional_codes", []).append(value)
        else:
            item[key] = value
    request["goods"].append(item)
    return request


def answer_lines(answer):
    if answer["status"] == "refused":
        return [f'refused {e["code"]} {e.get("field", "")}'.strip() for e in answer["errors"]]
    currency = answer["currency"]
    lines = [f'customs value {answer["customs_value"]} {currency} {answer["customs_basis"]}']
    many = len({charge.get("line") for charge in answer["charges"] if charge.get("line")}) > 1
    for charge in answer["charges"]:
        name = charge["kind"] + (" " + charge["program"] if charge.get("program") else "")
        if many and charge.get("line"):
            name = f'line {charge["line"]} {name}'
        amount = (
            f'{charge["amount"]} {currency}'
            if charge["amount"] is not None
            else f'unknown {charge["unknown"]}'
        )
        gone = f' replaced by {charge["suppressed_by"]}' if charge.get("suppressed_by") else ""
        gone += f' waived by {charge["waived_by"]}' if charge.get("waived_by") else ""
        lines.append(" ".join(f'{name} {charge["rate"]} {amount}{gone} {charge["source"]["ref"]}'.split()))
    lines.append(f'delivered {answer["landed_total"]} {currency}')
    if "seller_gets" in answer:
        lines.append(f'seller gets {answer["seller_gets"]} {currency}')
    if answer["chosen"] not in ("third-country",):
        lines.append(f'chosen {answer["chosen"]}')
    for option in answer["options"]:
        if option["id"] != answer["chosen"]:
            needs = " needs " + " ".join(option["proofs_missing"]) if option["proofs_missing"] else ""
            lines.append(f'or {option["id"]} {option["landed_total"]} {currency}{needs}')
    preference = answer["preference"]
    if preference["state"] != "none":
        lines.append(
            " ".join(
                filter(
                    None,
                    [
                        "preference",
                        preference["state"],
                        preference.get("program", ""),
                        preference.get("saves", ""),
                    ],
                )
            )
        )
    for refund in answer["refunds"]:
        lines.append(f'refund {refund["program"]} {refund["amount"]} {currency} until {refund["claim_by"]}')
    lines += [f'unknown {u["code"]}' for u in answer["unknown"]]
    lines += [f'note {n["code"]} {n["value"]} {currency}' for n in answer["notes"] if n["code"] == "cheaper-packing"]
    lines += [f'warning {w["code"]}' for w in answer["warnings"] if w["code"] != "freight-missing"]
    shown = ("valuation-rule", "quota-balance", "quota-closed", "quota-open", "shared-by-weight")
    lines += [f'note {n["message"]}' for n in answer["notes"] if n["code"] in shown]
    return lines


def run(path, folder):
    head, _, tail = path.read_text(encoding="utf-8").partition("\nexpect\n")
    tables, markets, files, request, shipped = {}, {}, {}, None, False
    for line in head.splitlines():
        words = shlex.split(line, comments=True)
        if not words:
            continue
        more = extra(words[1:]) if words[0] == "given" and words[1] != "books" else None
        if words[:2] == ["given", "books"]:
            shipped = True
        elif words[0] == "given" and words[1] == "market":
            markets[words[2]] = market(words[2:])
        elif more:
            files.setdefault(more[:2], []).append(more[2])
        elif words[0] == "given":
            tables.setdefault(words[2], []).append(measure(words[1:]))
        elif words[0] == "ask":
            request = question(words[1:])
        elif words[0] == "and":
            question(words[1:], request)
    if shipped:
        return compare(path, head, tail, ask(STARTER, request))
    for code, toml in markets.items():
        pack = folder / "packs" / code
        pack.mkdir(parents=True)
        rates = files.get((code, "fx.csv"), [])
        if rates:
            toml = toml.replace("[market]", f'customs_rates_days = {rates[0].split("|")[1]}\n[market]', 1)
        toml += "".join(files.get((code, "pack.toml"), []))
        for name, header in HEADERS.items():
            rows = [row.split("|")[0] for row in files.get((code, name), [])]
            if rows:
                (pack / name).write_text("\n".join([header] + rows) + "\n", encoding="utf-8")
        (pack / "pack.toml").write_text(toml, encoding="utf-8")
        (pack / "measures.csv").write_text(
            "\n".join([HEADER] + tables.get(code, [])) + "\n", encoding="utf-8"
        )
    build = [
        PROGRAM,
        "--data",
        str(folder),
        "books",
        "build",
        "--packs",
        str(folder / "packs"),
        "--only-packs",
        "--quiet",
    ]
    subprocess.run(build, check=True)
    return compare(path, head, tail, ask(folder, request))


def ask(data, request):
    asked = subprocess.run(
        [PROGRAM, "--data", str(data), "quote", "--batch", "-"],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(asked.stdout)


def compare(path, head, tail, answer):
    got = answer_lines(answer)
    expected = [re.sub(r"\s+", " ", line).strip() for line in tail.splitlines() if line.strip()]
    if got == expected:
        return True
    if os.environ.get("UPDATE_CASES"):
        path.write_text(head + "\nexpect\n" + "".join(f"  {line}\n" for line in got), encoding="utf-8")
        return True
    print(f"{path.name}: expected and got differ")
    for line in expected:
        print("  -" if line not in got else "   ", line)
    for line in got:
        if line not in expected:
            print("  +", line)
    return False


def main():
    cases = sorted((SOURCE / "cases").glob("**/*.case"))
    failed = 0
    for path in cases:
        with tempfile.TemporaryDirectory() as folder:
            failed += not run(path, pathlib.Path(folder))
    print(f"{len(cases)} cases, {failed} failed")
    sys.exit(1 if failed or not cases else 0)


main()
