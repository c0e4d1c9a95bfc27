"""Coming in and being in order: letters, agreements, where one is paid, and a suspension with its reason."""

import datetime as dt
import re
import time
import uuid
import zipfile

import pytest
from playwright.sync_api import expect
from tests.conftest import fenrun
from tests.e2e.portal import barriers, enter, keep, overflow, settled

PASSWORD = "a whole new password"
CHINESE = re.compile(r"[\u4e00-\u9fff]{4}")
TERMS = (
    "# Partner agreement\n\n1. **Be fair.** Whoever brings a customer is paid for it.\n2. Be *quiet* about secrets.\n"
)
CLAUSES = "# 合作伙伴协议\n\n1. **公平。** 谁带来客户，谁获得收益。\n2. 对秘密保持沉默。\n"
LATER = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=30)


@pytest.fixture(scope="module")
def office(browser, demo):
    """Cookies of an operator and of finance, and a partner that none of the other tests looks at."""
    contexts = []

    def signed_in(login, password):
        context = browser.new_context()
        contexts.append(context)
        answer = context.request.post(f"{demo.url}/v1/session", data={"login": login, "password": password})
        assert answer.ok, answer.text()
        return context

    done = fenrun(demo.home, "members", "add", "channel", "--role", "operator", "--scenario", demo.folder)
    operator = signed_in("channel", done.stdout.split()[-1])
    finance = signed_in(*demo.sign_in("Finance"))
    newest = operator.request.get(f"{demo.url}/v1/partners?limit=100").json()["data"][-1]
    yield {"operator": operator, "finance": finance, "partner": newest}
    for context in contexts:
        context.close()


def letter_to(demo, address, subject):
    """The link in the newest letter to somebody, once the worker has sent it."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        for to, message in reversed(demo.mailbox.messages):
            if to == [address] and subject in message["Subject"]:
                return re.search(r"http\S+", message.get_body(("plain",)).get_content()).group()
        time.sleep(0.1)
    raise AssertionError([(to, message["Subject"]) for to, message in demo.mailbox.messages])


def looked_at(page, name, language):
    """Nobody is barred, the page fits a laptop and a phone, and speaks one language."""
    page.wait_for_selector("main h1")
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert overflow(page) <= 0, (name, width)
        assert barriers(page) == [], (name, width)
        keep(page, f"onboarding-{name}-{language}-{width}")
    page.set_viewport_size({"width": 1280, "height": 900})
    assert bool(CHINESE.search(page.locator("main").inner_text())) == (language == "zh"), name


@pytest.fixture(scope="module")
def owner(browser, demo, office):
    """Who was invited as the first member of the partner, and how they came in, by their letters alone."""
    email = f"{uuid.uuid4().hex[:8]}@example.com"
    page = browser.new_page()
    page.context.add_cookies(office["operator"].cookies())
    page.goto(f"{demo.url}/members")
    page.get_by_role("button", name="Invite by mail").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("E-mail").fill(email)
    dialog.get_by_label("Find the partner by name").fill(office["partner"]["name"])
    expect(dialog.get_by_label("Partner", exact=True).locator("option")).to_have_count(1)
    dialog.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_role("table", name="Invitations")).to_contain_text(email)
    looked_at(page, "invitations", "en")
    page.context.clear_cookies()
    page.goto(letter_to(demo, email, "Your invitation"))
    looked_at(page, "invitation", "en")
    for label in ("New password", "Once more"):
        page.get_by_label(label).fill(PASSWORD)
    page.get_by_role("button", name="Accept the invitation").click()
    page.wait_for_url(re.compile("/overview"))
    settled(page)
    cookies = page.context.cookies()
    page.context.close()
    return email, cookies


def test_an_agreement_is_published_read_and_signed_to_the_byte(demo, open_page, office, owner, tmp_path):
    page = open_page(cookies=office["operator"].cookies())
    page.goto(f"{demo.url}/agreements")
    for language, title, text in (("English", "Partner agreement", TERMS), ("Chinese", "合作伙伴协议", CLAUSES)):
        file = tmp_path / "terms.md"
        file.write_text(text)
        page.get_by_role("button", name="Publish a version").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Title").fill(title)
        dialog.get_by_label("Language").select_option(label=language)
        dialog.get_by_label("In force from").fill(LATER.isoformat())
        dialog.get_by_label("The text, as Markdown or PDF").set_input_files(file)
        if language == "English":
            keep(page, "onboarding-publish-en-1280")
            assert barriers(page) == []
        dialog.get_by_role("button", name="Publish a version").click()
        expect(page.get_by_role("table", name="Agreements")).to_contain_text(title)
    # The partner finds it among what is needed of them, in their language.
    _, cookies = owner
    theirs = open_page(locale="zh-CN", cookies=cookies)
    theirs.goto(f"{demo.url}/overview")
    settled(theirs)
    expect(theirs.get_by_text("请签署：合作伙伴协议")).to_be_visible()
    looked_at(theirs, "needs", "zh")
    theirs.get_by_role("link", name="阅读并签署").click()
    theirs.get_by_role("button", name="阅读并签署").click()
    expect(theirs.get_by_text("对秘密保持沉默。")).to_be_visible()
    looked_at(theirs, "agreement", "zh")
    theirs.get_by_label("您的姓名").fill("张三")
    theirs.get_by_role("button", name="签署第 1 版").click()
    expect(theirs.get_by_text("第 1 版，由 张三 于")).to_be_visible()
    expect(theirs.get_by_text("已签署", exact=True).first).to_be_visible()
    # Staff see who signed, and how many did.
    page.goto(f"{demo.url}/partners/{office['partner']['id']}?view=details")
    expect(page.get_by_role("region", name="Agreements")).to_contain_text("signed by 张三")


def test_another_account_cools_off_is_told_by_mail_and_called_off(demo, open_page, office, owner):
    email, cookies = owner
    partner, finance = office["partner"], office["finance"].request
    old = {
        "country": "GB",
        "payee_type": "entity",
        "account": {"holder": partner["name"], "iban": "GB82WEST12345698765432"},
    }
    path = f"{demo.url}/v1/partners/{partner['id']}/payout-details"
    assert finance.put(path, data=old).ok
    done = fenrun(demo.home, "members", "add", "second-eye", "--role", "finance", "--scenario", demo.folder)
    second = open_page()
    enter(second, demo, "second-eye", done.stdout.split()[-1])
    second.wait_for_url(re.compile("/finance"))
    assert second.request.post(f"{path}/verify").ok
    page = open_page(cookies=cookies, refusals=("401", "422"))
    page.goto(f"{demo.url}/settings")
    page.get_by_role("region", name="Where you are paid").get_by_role("button", name="Change the account").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("IBAN", exact=True).fill("DE89 3704 0044 0532 0130 01")
    dialog.get_by_label("Country of taxation").fill("de")
    dialog.get_by_label("Your password").fill(PASSWORD)
    keep(page, "onboarding-bank-form-en-1280")
    assert barriers(page) == []
    dialog.get_by_role("button", name="Ask for the change").click()
    expect(dialog.get_by_role("alert").first).to_contain_text("check digits")
    dialog.get_by_label("IBAN", exact=True).fill("DE89 3704 0044 0532 0130 00")
    dialog.get_by_role("button", name="Ask for the change").click()
    expect(page.get_by_text("A change waits: the account that ends in 3000")).to_be_visible()
    looked_at(page, "bank", "en")
    assert letter_to(demo, email, "A change of your payout details").endswith("/settings")
    # Finance sees both accounts, and verifies the new one; it still cools off.
    second.goto(f"{demo.url}/partners/{partner['id']}?view=details")
    second.get_by_role("button", name="Show the account numbers").click()
    expect(second.get_by_text("DE89370400440532013000")).to_be_visible()
    second.get_by_role("button", name="Verify the change").click()
    second.get_by_role("dialog").get_by_role("button", name="Verify the change").click()
    expect(second.get_by_text("Asked for", exact=True).first).to_be_visible()
    looked_at(second, "partner-details", "en")
    page.reload()
    expect(page.get_by_text("Finance has checked it.")).to_be_visible()
    page.get_by_role("button", name="Call it off").click()
    expect(page.get_by_text("A change waits")).to_have_count(0)
    assert finance.get(path).json()["account_hint"] == "5432"
    # Written anew they are unverified, and other tests' payout runs leave the partner out as before.
    assert finance.put(path, data=old).ok


def test_a_member_chooses_which_letters_come_and_in_which_language(demo, open_page, owner):
    page = open_page(cookies=owner[1])
    page.goto(f"{demo.url}/settings")
    letters = page.get_by_role("region", name="Letters")
    letters.get_by_label("A payout was made").uncheck()
    expect(letters.get_by_text("Saved.")).to_be_visible()
    letters.get_by_label("Language of letters").select_option(label="Chinese")
    expect(letters.get_by_label("Language of letters")).to_have_value("zh-CN")
    page.reload()
    expect(letters.get_by_label("A payout was made")).not_to_be_checked()
    expect(letters.get_by_label("What concerns security: always")).to_be_disabled()
    mine = page.request.get(f"{demo.url}/v1/me").json()
    assert (mine["language"], mine["muted"]) == ("zh-CN", ["payouts"])


def test_a_suspension_reaches_the_chain_and_the_partner_reads_why(demo, open_page, office, owner):
    page = open_page(cookies=office["operator"].cookies())
    page.goto(f"{demo.url}/partners/{office['partner']['id']}?view=details")
    for step, reason, state in (
        ("Suspend", "Invoices are missing.", "suspended"),
        ("Reinstate", "They came.", "active"),
    ):
        page.get_by_role("button", name=step).click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Reason, in words that the partner reads").fill(reason)
        dialog.get_by_role("button", name=step).click()
        expect(page.get_by_role("region", name="Standing")).to_contain_text(reason)
        theirs = open_page(cookies=owner[1])
        theirs.goto(f"{demo.url}/overview")
        settled(theirs)
        expect(theirs.get_by_text("Your payouts are suspended")).to_have_count(int(state == "suspended"))
        expect(theirs.get_by_text(reason)).to_have_count(int(state == "suspended"))
        if state == "suspended":
            looked_at(theirs, "suspended", "en")
        # The worker tells the chain, and the page hears of it.
        expect(page.get_by_text("The chain is told next.")).to_have_count(0)
        standing = page.request.get(f"{demo.url}/v1/partners/{office['partner']['id']}/standing").json()
        assert (standing["status"], standing["on_chain"]) == (state, state)


def test_a_material_is_added_for_a_role_found_and_fetched_and_the_log_says_by_whom(
    demo, open_page, office, owner, tmp_path
):
    page, word = open_page(cookies=office["operator"].cookies()), uuid.uuid4().hex[:8]
    page.goto(f"{demo.url}/materials")
    for number, content in ((1, "%PDF-1.7 first"), (2, "%PDF-1.7 second")):
        (tmp_path / f"{number}.pdf").write_text(content)
    (tmp_path / "wrong.pdf").write_text("no PDF at all")
    page.get_by_role("button", name="Add a material").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Title").fill(f"Prices {word}")
    dialog.get_by_label("For whom").select_option(label="One partner")
    dialog.get_by_label("Find the partner by name").fill(office["partner"]["name"])
    expect(dialog.get_by_label("Partner", exact=True).locator("option")).to_have_count(1)
    dialog.get_by_label("File").set_input_files(tmp_path / "1.pdf")
    keep(page, "onboarding-material-form-en-1280")
    assert barriers(page) == []
    dialog.get_by_role("button", name="Add a material").click()
    expect(page.get_by_role("heading", name=f"Prices {word}")).to_be_visible()
    page.get_by_label(f"New version of Prices {word}").first.set_input_files(tmp_path / "2.pdf")
    expect(page.get_by_text("Version 2")).to_be_visible()
    theirs = open_page(cookies=owner[1])
    theirs.goto(f"{demo.url}/materials")
    theirs.get_by_label("Title, summary or file").fill(word)
    expect(theirs).to_have_url(re.compile(word))
    with theirs.expect_download() as download:
        theirs.get_by_role("link", name="2.pdf").click()
    assert download.value.path().read_text() == "%PDF-1.7 second"
    assert download.value.suggested_filename == "2.pdf"
    looked_at(theirs, "materials", "en")
    page.get_by_role("button", name=f"Downloads of Prices {word}").click()
    expect(page.get_by_role("dialog")).to_contain_text(owner[0])
    page.keyboard.press("Escape")
    looked_at(page, "materials-staff", "en")


def test_an_archive_is_made_and_an_erasure_waits_while_money_is_due(demo, open_page, owner):
    email, cookies = owner
    page = open_page(cookies=cookies)
    page.goto(f"{demo.url}/settings")
    data = page.get_by_role("region", name="Your data")
    for kind in ("Ask for an archive", "Ask for erasure"):
        data.get_by_role("button", name=kind).click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Where you live").select_option(label="California")
        dialog.get_by_label("Your password").fill(PASSWORD)
        dialog.get_by_role("button", name=kind).click()
        expect(page.get_by_role("dialog")).to_have_count(0)
    with page.expect_download() as download:
        data.get_by_role("link", name="Download the archive").click()
    with zipfile.ZipFile(download.value.path()) as archive:
        assert email in archive.read("account.json").decode()
        assert archive.read("commissions.csv").count(b"\r\n") > 1
    looked_at(page, "data", "en")
    done = fenrun(demo.home, "members", "add", "comply", "--role", "compliance", "--scenario", demo.folder)
    office = open_page(locale="zh-CN", refusals=("401", "409"))
    enter(office, demo, "comply", done.stdout.split()[-1])
    office.wait_for_url(re.compile("/finance"))
    office.goto(f"{demo.url}/data-requests")
    expect(office.get_by_text("还剩 45 天")).to_be_visible()
    looked_at(office, "requests", "zh")
    office.get_by_role("button", name="批准").click()
    office.get_by_role("dialog").get_by_role("button", name="批准").click()
    # The partner is still owed something, so that nothing may be erased yet.
    expect(office.get_by_role("dialog").get_by_role("alert")).to_contain_text(
        # On some days of a month everything is still held.
        re.compile("payable:(available|held)")
    )
    office.keyboard.press("Escape")
    office.get_by_role("button", name="不同意").click()
    office.get_by_role("dialog").get_by_label("原因").fill("There is still money to be paid to you.")
    office.get_by_role("dialog").get_by_role("button", name="不同意").click()
    expect(office.get_by_text("未同意", exact=True).first).to_be_visible()
    page.reload()
    expect(data.get_by_text("Turned down: There is still money to be paid to you.")).to_be_visible()


def test_who_forgot_the_password_is_let_in_by_a_letter(demo, open_page, owner):
    email, _ = owner
    page = open_page(locale="zh-CN", refusals=("401", "410"))
    page.goto(f"{demo.url}/forgot")
    looked_at(page, "forgot", "zh")
    page.get_by_label("账号或邮箱地址").fill(email)
    page.get_by_role("button", name="发送链接").click()
    expect(page.get_by_text("请查收邮件")).to_be_visible()
    link = letter_to(demo, email, "设置新密码")
    page.goto(link)
    looked_at(page, "reset", "zh")
    for label in ("新密码", "再次输入"):
        page.get_by_label(label).fill(PASSWORD)
    page.get_by_role("button", name="设置密码").click()
    expect(page.get_by_text("密码已设置，请用新密码登录。")).to_be_visible()
    enter(page, demo, email, PASSWORD)
    page.wait_for_url(re.compile("/overview"))
    # A link is good once.
    page.context.clear_cookies()
    page.goto(link)
    for label in ("新密码", "再次输入"):
        page.get_by_label(label).fill(PASSWORD)
    page.get_by_role("button", name="设置密码").click()
    expect(page.get_by_text("此链接已失效")).to_be_visible()
    looked_at(page, "reset-ended", "zh")
