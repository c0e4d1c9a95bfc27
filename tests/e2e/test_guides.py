"""The first use of a partner, of finance and of the CRM's developer: few clicks, and written down as guides."""

import datetime as dt
import json
import re
import uuid

import pytest
from playwright.sync_api import expect
from tests.conftest import fenrun
from tests.e2e.guides import Guide
from tests.e2e.portal import enter, settled

LOCALES = {"en": "en-US", "zh": "zh-CN"}
EXAMPLE = {"customer": "C-1042", "order": "A-2026-0117", "event": "evt-5f1c", "paid_at": "2026-01-31T09:30:00Z"}
"""What stands in the guide where the test sent what exists in its demo."""


@pytest.fixture(params=["en", "zh"])
def begin(request, open_page):
    """Begins a guide in both languages, at a window of the guides' size."""

    def begin(name):
        page = open_page(locale=LOCALES[request.param])
        page.set_viewport_size({"width": 1040, "height": 680})
        return Guide(name, request.param, page)

    return begin


def test_a_partner_says_why_an_amount_is_what_it_is(demo, begin):
    guide = begin("partner")
    page, say = guide.page, guide.say
    guide.title("For partners: why a commission is what it is", "给合作伙伴：佣金为何是这个数")
    guide.text(
        "You need the address of the portal, your login and your password. Four clicks.",
        "您需要门户网址、登录账号和密码。只需点击四次。",
    )
    guide.step("Sign in.", "登录。")
    login, password = demo.sign_in("Partner")
    page.goto(demo.url)
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", password)
    guide.click(page.locator("button[type=submit]"))
    commissions = page.get_by_role("table", name=say("Commissions", "佣金"))
    commissions.wait_for()
    guide.see(
        "The overview: what is available, what is pending and when it is released, what was paid",
        "概览：可支付、待解冻及其日期、已支付",
    )
    guide.step(
        "Press an order under *Latest earnings*. The page shows the amount line by line: base × rate, the tier and why that "
        "tier, the version of the plan, when it may be paid, and the transaction that credited it.",
        "在“最近收益”中点击一笔订单。页面逐行说明金额：基数 × 比例、所在档位及原因、方案版本、可支付日期，以及入账的链上交易。",
    )
    guide.click(commissions.get_by_role("link").first)
    settled(page)
    why = page.get_by_role("region", name=say("How this amount came about", "这笔金额的由来"))
    text = why.inner_text().replace("\N{NO-BREAK SPACE}", " ")
    # Base × rate = amount, by the figures on the page.
    figure = r"(?:USD|US\$|\$)?\s*([\d,.]+)(?: USD)?"
    base, rate, amount = re.search(rf"{figure} × ([\d.]+)\s*% = {figure}", text).groups()
    cents, bps = (int(re.sub(r"[.,]", "", found)) for found in (base, rate))
    assert cents * bps // 10_000 == int(re.sub(r"[.,]", "", amount))
    for words in (
        ("Tier", "档位"),
        ("because your volume in", "您在"),
        ("Plan", "方案"),
        ("Transaction", "交易"),
        ("0x", "0x"),
    ):
        assert say(*words) in text
    guide.see("How an amount came about", "一笔金额的由来", of=why)
    guide.step(
        "Press *Check it here*: your browser reckons the proof itself.", "点击“在此核对”：由您的浏览器自行验算证明。"
    )
    proof = page.get_by_role("region", name=say("Proof", "证明"))
    guide.click(proof.get_by_role("button", name=say("Check it here", "在此核对")))
    expect(proof).to_contain_text(say("The proof holds", "证明成立"))
    expect(proof).to_contain_text(say("Your browser did not ask the chain itself", "您的浏览器并未直接查询链"))
    guide.see("The proof holds", "证明成立", of=proof)
    guide.step(
        "Press *Download the proof* to check it elsewhere, without us: `fenrun verify`, or the offline page of "
        "[proofs.md](../proofs.md).",
        "点击“下载证明”，即可不依赖我们另行核对：使用 `fenrun verify`，或 [proofs.md](../proofs.md) 中的离线页面。",
    )
    with page.expect_download() as download:
        guide.click(proof.get_by_role("link", name=say("Download the proof", "下载证明")))
    assert json.loads(download.value.path().read_text())["order"]["proof"]
    # The vendor's pages are not theirs.
    page.goto(f"{demo.url}/finance")
    page.wait_for_url(re.compile("/overview"))
    assert guide.clicks <= 4
    guide.done()


def test_finance_closes_a_month(demo, begin):
    guide = begin("finance")
    page, say = guide.page, guide.say
    close, lock = say("Close ", "结账 "), say("Lock ", "锁定 ")
    guide.title("For finance: close a month", "给财务：结账")
    guide.text(
        "You need the role *Finance*. A closed month takes no posting any more; its checkpoint on the chain proves that nobody "
        "changed it, us included. Six clicks.",
        "您需要“财务”角色。已结账的月份不再入账；链上的检查点可证明无人（包括我们）改动过它。点击六次。",
    )
    guide.step(
        "Sign in. *What is next* on the page *Finance* says what waits.",
        "登录。“财务”页面的“待办”列出了等待处理的事项。",
    )
    login, password = demo.sign_in("Finance")
    page.goto(demo.url)
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", password)
    guide.click(page.locator("button[type=submit]"))
    waits = page.get_by_role("link", name=re.compile(f"^{close}"))
    waits.wait_for()
    guide.see(
        "Finance: what is next, the check of chain against books, the trial balance", "财务：待办、链账核对、试算平衡"
    )
    guide.step(
        "Press *Close …*. The page of the month says what must be done before, each point with its state.",
        "点击“结账 …”。该月页面列出结账前须完成的各项及其状态。",
    )
    guide.click(waits)
    closing = page.get_by_role("region", name=say("Closing", "结账"))
    closing.get_by_role("button", name=re.compile(f"^{close}")).wait_for()
    guide.see("The points before a month can be closed", "结账前的各项", of=closing)
    guide.step("Press *Close …* there, and once more to confirm.", "在该处点击“结账 …”，并再次确认。")
    guide.click(closing.get_by_role("button", name=re.compile(f"^{close}")))
    guide.click(page.get_by_role("dialog").get_by_role("button", name=re.compile(f"^{close}.")))
    locks = closing.get_by_role("button", name=re.compile(f"^{lock}"))
    # The worker anchors the checkpoint, and the page is told.
    expect(locks).to_be_enabled()
    guide.step(
        "The checkpoint goes on the chain by itself. Then press *Lock …*, and confirm.",
        "检查点会自动上链。随后点击“锁定 …”并确认。",
    )
    guide.click(locks)
    guide.click(page.get_by_role("dialog").get_by_role("button", name=re.compile(f"^{lock}")))
    expect(page.get_by_text(say("Locked", "已锁定"), exact=True).first).to_be_visible()
    expect(page.get_by_text(say("On chain", "已上链"), exact=True)).to_be_visible()
    guide.see("A locked month, its checkpoint on chain", "已锁定的月份，检查点已上链")
    guide.text(
        "Statements of the month are ready for every partner now; exports are under *Exports* ([exports.md](../exports.md)).",
        "该月对账单现已可供每位合作伙伴查看；导出见“导出”页面（[exports.md](../exports.md)）。",
    )
    assert guide.clicks <= 8
    guide.done()


def test_a_developer_sends_an_order_and_sees_it_settled(demo, begin):
    guide = begin("crm-developer")
    page, say = guide.page, guide.say
    name = f"crm-{uuid.uuid4().hex[:6]}"
    guide.title("For the CRM's developer: from a payment to a credited partner", "给 CRM 开发者：从付款到伙伴入账")
    guide.text(
        "You need an administrator's login once, to make a key. Everything else is one HTTP request for each event.",
        "创建密钥时需要一次管理员登录；此后每个事件只需一次 HTTP 请求。",
    )
    guide.step(
        "Sign in as an administrator, open *Keys* and press *Add a key*. Name it after your program and choose "
        "`events:write` alone: it sends events and reads nothing.",
        "以管理员登录，打开“密钥”，点击“添加密钥”。以程序名命名，只选 `events:write`：可发送事件，不可读取。",
    )
    admin = f"admin-{uuid.uuid4().hex[:6]}"
    added = fenrun(demo.home, "members", "add", admin, "--role", "admin", "--scenario", demo.folder)
    enter(page, demo, admin, added.stdout.split()[-1])
    page.wait_for_url(lambda url: "/sign-in" not in url)
    page.goto(f"{demo.url}/keys")
    settled(page)
    page.get_by_role("button", name=say("Add a key", "添加密钥")).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label(say("Name", "名称")).fill(name)
    dialog.get_by_label(re.compile("^read")).uncheck()
    dialog.get_by_label(re.compile("^events:write")).check()
    guide.see("A key that sends events", "发送事件的密钥", of=dialog)
    dialog.get_by_role("button", name=say("Add a key", "添加密钥")).click()
    guide.step("Copy the key. It is shown this once.", "复制密钥，它仅显示一次。")
    key = page.get_by_text(re.compile("^frk_[A-Za-z0-9_-]{20,}$")).inner_text()
    guide.step(
        "Send the payment. `customer_id` and `order_id` are those of your CRM; the amount is text, in the currency's major unit; "
        "`paid_at` is when the customer paid. Who earns what is not said here: the contract takes it from the customer's "
        "attribution and the published plan.",
        "发送付款事件。`customer_id` 与 `order_id` 为 CRM 中的编号；金额为文本，以主货币单位表示；`paid_at` 为客户付款时间。"
        "无需说明谁赚多少：合约依据客户归属与已发布方案计算。",
    )
    [customer] = page.request.get(f"{demo.url}/v1/customers?limit=1").json()["data"]
    sent = {
        "customer": customer["external_id"],
        "order": f"G-{uuid.uuid4().hex[:8]}",
        "event": f"evt-{uuid.uuid4().hex[:8]}",
        "paid_at": (dt.datetime.now(dt.UTC) - dt.timedelta(minutes=5)).isoformat(timespec="seconds"),
    }
    event = {
        "id": sent["event"],
        "type": "subscription.renewed",
        # So little that nothing is earned by it, and other tests find the figures that they know.
        "data": {
            "order_id": sent["order"],
            "customer_id": sent["customer"],
            "amount": "0.01",
            "currency": "USD",
            "paid_at": sent["paid_at"],
        },
    }

    def as_example(text):
        for what, value in sent.items():
            text = text.replace(value, EXAMPLE[what])
        return text.replace('"0.01"', '"1200.00"')

    def post(body):
        headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": body["id"], "Cookie": ""}
        return page.request.post(f"{demo.url}/v1/events", data=body, headers=headers)

    guide.code(
        'curl https://partners.example.com/v1/events \\\n  -H "Authorization: Bearer $FENRUN_KEY" \\\n'
        f'  -H "Idempotency-Key: {EXAMPLE["event"]}" \\\n  -H "Content-Type: application/json" \\\n'
        f"  -d '{as_example(json.dumps(event, indent=2))}'"
    )
    first, again = post(event), post(event)
    assert first.status == again.status == 202, first.text()
    assert again.headers["idempotent-replayed"] == "true"
    assert again.json() == first.json()
    guide.text(
        "The answer is `202`. Send it again after a timeout, with the same key: the order is taken once, and the answer "
        "says `Idempotent-Replayed: true`. The same order with another amount is refused with `409`.",
        "返回 `202`。超时后可用同一键重发：订单只计一次，响应带有 `Idempotent-Replayed: true`。同一订单但金额不同会以 `409` 拒绝。",
    )
    changed = {**event, "id": f"{event['id']}-2", "data": {**event["data"], "amount": "0.02"}}
    assert post(changed).status == 409
    guide.step(
        "See it settled: open *Orders*, search for its number and open its row. Within a batch or two its state is *Confirmed*, then *Final*.",
        "查看结算：打开“订单”，搜索订单号并展开该行。一两个批次内状态变为“已确认”，随后为“已终局”。",
    )
    page.goto(f"{demo.url}/orders?search={sent['order']}")
    expect(
        page.get_by_role("table").get_by_text(re.compile(say("^(Confirmed|Final)$", "^(已确认|已终局)$")))
    ).to_be_visible()
    page.get_by_role("button", name=sent["order"]).click()
    guide.see("The order, its batch and who was credited", "订单、批次与入账的伙伴")
    guide.step(
        "An event of a customer whom nobody registered is not lost: it waits in the *Event inbox*, with the reason, and is "
        "taken up when the customer is registered.",
        "未登记客户的事件不会丢失：它会在“事件收件箱”中等待并注明原因，客户登记后即自动处理。",
    )
    stranger = {**event, "id": f"{event['id']}-3"}
    stranger["data"] = {**event["data"], "customer_id": "nobody-yet", "order_id": f"{sent['order']}-3"}
    assert post(stranger).status == 202
    page.goto(f"{demo.url}/events?search={stranger['id']}")
    expect(page.get_by_role("link", name=stranger["id"]).or_(page.get_by_text(stranger["id"])).first).to_be_visible()
    guide.see("An event that waits, and what for", "等待中的事件及其原因")
    guide.text(
        "Refunds are `subscription.refunded`; upgrades, downgrades and cancellations have types of their own: all fields are at "
        "`/docs` of your installation. To be told of what happens: [webhooks.md](../webhooks.md).",
        "退款为 `subscription.refunded`；升级、降级与取消各有类型，全部字段见您安装中的 `/docs`。接收通知：[webhooks.md](../webhooks.md)。",
    )
    guide.done()
