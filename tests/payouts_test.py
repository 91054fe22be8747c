#!/usr/bin/env python3
"""A payout by mobile money through the whole program: cut by the cap, an answer lost, news told twice: each once."""
import decimal, os, pathlib, subprocess, tempfile, time, unittest

from deals_api_test import TRADE, Trading
from hub_client import PROGRAM
from wallet import Wallet

PATIENCE = 60
CAP = "10000.00"


class Payouts(Trading):
    environment = {"ALLROADS_WEBHOOKS_TO_LOOPBACK": "1"}

    @classmethod
    def setUpClass(cls):
        cls.wallet = Wallet(cls.tell)
        cls.addClassCleanup(cls.wallet.stop)
        kept = tempfile.TemporaryDirectory()
        cls.addClassCleanup(kept.cleanup)
        credentials = pathlib.Path(kept.name, "wallet.credentials")
        credentials.touch(mode=0o600)
        credentials.write_text("Authorization: Bearer of the test\n", encoding="utf-8")
        cls.trade = {**TRADE,
                     "rates": [{"seller_in": "KE", "give": "1 USD", "get": "129.50 KES", "source": "settled"}],
                     "mobile": {**TRADE["mobile"], "cap": CAP + " KES", "provider": cls.wallet.address,
                                "credentials": str(credentials)}}
        super().setUpClass()

    @classmethod
    def tell(cls, path, correlation, body):
        answer = cls.client().ask("POST", path, body, headers={"X-CorrelationID": correlation})
        assert answer.status in (200, 202, 204), answer

    def wait_for(self, is_so, what):
        end = time.monotonic() + PATIENCE
        while not is_so():
            self.assertLess(time.monotonic(), end, what)
            time.sleep(0.2)

    def test_each_transfer_leaves_once_whatever_is_lost(self):
        seller, buyer, clerk = self.keeper(), self.person(), self.clerk()
        order = self.order(buyer, seller)
        self.pay_cash(clerk, order, order["total"])
        self.delivered(buyer, seller, order)
        self.act(buyer, order, "release")
        self.wallet.lose = 1
        quote = self.ask(seller, "payoutQuote", [order["id"]], "?currency=KES").json()
        self.act(seller, order, "pay-out", currency="KES", comes_to=quote["comes_to"],
                 to={"way": "mobile", "account": "+254712345678", "name": "Asha"})
        transfers = self.seen(seller, order)["transfers"]
        self.assertGreater(len(transfers), 1)
        self.wait_for(lambda: self.seen(seller, order)["state"] == "closed", "the deal was not closed")
        moved = list(self.wallet.moved.values())
        self.assertEqual(len(moved), len(transfers))
        whole = sum(decimal.Decimal(one["amount"]) for one in moved)
        self.assertEqual(whole, sum(decimal.Decimal(one["amount"].split(" ")[0]) for one in transfers))
        self.assertTrue(all(decimal.Decimal(one["amount"]) <= decimal.Decimal(CAP) for one in moved))
        sendings = [one[2] for one in self.wallet.asked if one[0] == "POST"]
        self.assertEqual(len(sendings), len(set(sendings)), "a transfer was sent twice")
        self.assertTrue(any(one[1].startswith("/responses/") for one in self.wallet.asked), "nothing was asked for")
        self.assertEqual(self.wallet.credentials, {"Bearer of the test"})
        # What the ledger says is what moved, and it is sound.
        folder = self.server.folder + "/data"
        said = subprocess.run([PROGRAM, "--data", folder, "ledger", "statement", "way-mobile:outside:KES"],
                              capture_output=True, text=True, env={**os.environ, **self.environment})
        self.assertIn(str(whole), said.stdout.replace(",", ""), said.stderr)
        checked = subprocess.run([PROGRAM, "--data", folder, "ledger", "check"], capture_output=True, text=True,
                                 env={**os.environ, **self.environment})
        self.assertEqual(checked.returncode, 0, checked.stderr)


if __name__ == "__main__":
    unittest.main()
