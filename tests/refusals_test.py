#!/usr/bin/env python3
"""Hostile and mistaken requests: each is a clear refusal that names the field; nothing else in the batch is lost."""
import json, os, pathlib, subprocess, sys, unittest

SOURCE = pathlib.Path(os.environ.get("ALLROADS_SOURCE") or pathlib.Path(__file__).resolve().parent.parent)
PROGRAM = os.environ.get("ALLROADS_BIN") or str(SOURCE / "build/release/allroads")


def sound(**changes):
    item = {"hs": "4602.19.18", "price": "2400.00", "price_currency": "USD", "quantity": "250"}
    item.update(changes.pop("item", {}))
    request = {"id": "x", "from": "KE", "to": "US", "date": "2026-03-15", "goods": [item]}
    request.update(changes)
    return request


def batch(lines):
    text = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
    done = subprocess.run(
        [PROGRAM, "--data", "no-such-folder", "quote", "--batch", "-"],
        input=text,
        capture_output=True,
        text=True,
    )
    return done, [json.loads(line) for line in done.stdout.splitlines()]


class Refusals(unittest.TestCase):
    def refused(self, request, code, field):
        # Between two sound requests: they must be answered, in order.
        done, answers = batch([sound(id="before"), request, sound(id="after")])
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual([a["id"] for a in answers][::2], ["before", "after"])
        self.assertEqual([a["status"] for a in answers][::2], ["complete", "complete"])
        answer = answers[1]
        self.assertEqual(answer["status"], "refused", answer)
        error = answer["errors"][0]
        self.assertEqual((error["code"], error.get("field", "")), (code, field), error)
        self.assertGreater(len(error["message"]), 15)
        return error["message"]

    def test_price_as_json_fraction(self):
        self.refused(
            '{"id":"x","from":"KE","to":"US","goods":[{"hs":"46021918","price":2400.1,"price_currency":"USD"}]}',
            "amount-not-decimal",
            "goods[0].price",
        )

    def test_price_with_exponent(self):
        self.refused(
            '{"id":"x","from":"KE","to":"US","goods":[{"hs":"46021918","price":24e2,"price_currency":"USD"}]}',
            "amount-not-decimal",
            "goods[0].price",
        )

    def test_price_with_grouping(self):
        self.assertIn(
            "comma", self.refused(sound(item={"price": "2,400.00"}), "amount-not-decimal", "goods[0].price")
        )

    def test_price_below_zero(self):
        self.refused(sound(item={"price": "-1.00"}), "bad-value", "goods[0].price")

    def test_price_too_precise(self):
        self.refused(sound(item={"price": "1.005"}), "amount-too-precise", "goods[0].price")

    def test_price_beyond_all_money(self):
        self.refused(sound(item={"price": "9" * 29}), "amount-too-large", "goods[0].price")

    def test_code_with_letters(self):
        self.refused(sound(item={"hs": "4602.1A"}), "bad-goods-code", "goods[0].hs")

    def test_code_too_short(self):
        self.refused(sound(item={"hs": "4602"}), "bad-goods-code", "goods[0].hs")

    def test_country_that_does_not_exist(self):
        self.refused(sound(to="QQ"), "bad-country", "to")
        self.refused(sound(item={"origin": "Kenya"}), "bad-country", "goods[0].origin")

    def test_negative_weight(self):
        self.refused(sound(item={"net_kg": "-3"}), "bad-quantity", "goods[0].net_kg")
        self.refused(
            sound(packages=[{"count": "1", "gross_kg": "-3"}]), "bad-quantity", "packages[0].gross_kg"
        )

    def test_day_that_does_not_exist(self):
        self.assertIn("2026-02-30", self.refused(sound(date="2026-02-30"), "bad-date", "date"))
        self.refused(sound(date="15.03.2026"), "bad-date", "date")

    def test_currency_that_does_not_exist(self):
        self.refused(sound(item={"price_currency": "ZZZ"}), "bad-currency", "goods[0].price_currency")

    def test_field_that_does_not_exist(self):
        self.refused(sound(item={"orgin": "KE"}), "field-unknown", "goods[0].orgin")

    def test_field_that_is_missing(self):
        self.refused({"id": "x", "from": "KE", "to": "US"}, "field-missing", "goods")
        self.refused(sound(goods=[]), "field-missing", "goods")

    def test_too_many_lines_of_goods(self):
        self.refused(sound(goods=[sound()["goods"][0]] * 201), "too-long", "goods")

    def test_no_json(self):
        for text in ("{", "[]x", "nonsense", '{"a":' * 100, '"\ud800"'.encode("utf-8", "replace").decode()):
            done, answers = batch([text, sound(id="after")])
            self.assertEqual(answers[0]["status"], "refused")
            self.assertEqual(answers[1]["status"], "complete")

    def test_destination_without_rules(self):
        self.refused(sound(to="AQ"), "no-market", "to")

    def test_digits_of_another_script(self):
        done, answers = batch([sound(item={"hs": "٤٦٠٢.١٩.١٨", "price": "٢٤٠٠٫٠٠"})])
        self.assertEqual(answers[0]["status"], "complete")
        self.assertEqual(answers[0]["goods_value"], "2400.00")

    def test_line_of_200_megabytes(self):
        run = subprocess.Popen(
            [PROGRAM, "--data", "no-such-folder", "quote", "--batch", "-"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        block = b"x" * (1 << 20)
        for _ in range(200):
            run.stdin.write(block)
        run.stdin.write(b"\n" + json.dumps(sound(id="after")).encode() + b"\n")
        out, _ = run.communicate()
        long, after = [json.loads(line) for line in out.splitlines()]
        self.assertEqual(long["errors"][0]["code"], "too-long")
        self.assertIn(str(200 << 20), long["errors"][0]["message"])
        self.assertEqual(after["status"], "complete")

    def test_flags_are_held_to_the_same_rules(self):
        done = subprocess.run(
            [PROGRAM, "quote", "--from", "KE", "--to", "US", "--hs", "46021918", "--price", "2400"],
            capture_output=True,
            text=True,
        )
        self.assertEqual(done.returncode, 2)
        self.assertIn("price", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=1)
