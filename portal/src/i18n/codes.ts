import type { Language } from "./index";
import { useTranslation } from "./useTranslation";

/**
 * Words for stable codes that the API sends. A code that is not here yet is shown as it is:
 * better an odd word than a missing reason. Both languages stand side by side, so neither is forgotten.
 */
type Codes = Readonly<Record<string, Record<Language, string>>>;

export const reasons: Codes = {
  amount_not_positive: { en: "The amount is zero or less", "zh-CN": "金额为零或负数" },
  amount_precision: { en: "More decimals than the currency has", "zh-CN": "小数位数超过货币精度" },
  contract_refused: { en: "The contract refuses it", "zh-CN": "合约拒绝" },
  amount_malformed: { en: "The amount is not a number", "zh-CN": "金额不是数字" },
  amount_too_large: { en: "The amount is too large", "zh-CN": "金额过大" },
  batch_reverted: { en: "The contract refused the batch", "zh-CN": "合约拒绝了该批次" },
  currency_unknown: { en: "No ledger is set up for this currency", "zh-CN": "未设置该货币的账本" },
  customer_duplicate: { en: "This customer came before; first touch wins", "zh-CN": "客户重复，以首次为准" },
  customer_id_missing: { en: "The customer id is empty", "zh-CN": "客户编号为空" },
  customer_unknown: { en: "Nobody registered this customer", "zh-CN": "客户未登记" },
  date_malformed: { en: "The date is not a date", "zh-CN": "日期无效" },
  date_out_of_range: { en: "Too long before the latest order", "zh-CN": "距最近订单过久" },
  duplicate: { en: "Settled before", "zh-CN": "此前已结算" },
  field_too_large: { en: "A field is too large", "zh-CN": "字段过大" },
  insufficient_balance: { en: "Less is available than was to be paid", "zh-CN": "可支付余额不足" },
  kind_unknown: { en: "The kind is neither new nor renewal", "zh-CN": "类型既非新购也非续费" },
  no_referral: { en: "No attribution was in force", "zh-CN": "没有生效的归属" },
  not_yet_paid: { en: "Paid later than the block that would settle it", "zh-CN": "付款时间晚于结算区块" },
  order_unknown: { en: "The order is not known", "zh-CN": "订单不存在" },
  refund_conflict: { en: "This refund came before, with other content", "zh-CN": "退款号重复且内容不同" },
  refund_duplicate: { en: "This refund came before", "zh-CN": "退款重复" },
  refund_too_large: { en: "More than is left of the order", "zh-CN": "超过订单可退金额" },
  order_conflict: { en: "This order came before, with other content", "zh-CN": "订单号重复且内容不同" },
  order_duplicate: { en: "This order came before", "zh-CN": "订单重复" },
  order_id_missing: { en: "The order id is empty", "zh-CN": "订单号为空" },
  partner_duplicate: { en: "This partner came before", "zh-CN": "合作伙伴重复" },
  partner_id_missing: { en: "The partner id is empty", "zh-CN": "合作伙伴编号为空" },
  partner_suspended: { en: "The partner is suspended", "zh-CN": "合作伙伴已暂停" },
  partner_unknown: { en: "Names a partner that does not exist", "zh-CN": "引用了不存在的合作伙伴" },
  plan_unknown: { en: "Names a plan that does not exist", "zh-CN": "引用了不存在的方案" },
  referral_not_in_force: { en: "No attribution was in force when this was paid", "zh-CN": "付款时没有生效的归属" },
  row_malformed: { en: "The row does not have the columns it should", "zh-CN": "行的列数或格式不符" },
  type_unknown: { en: "The partner type is unknown", "zh-CN": "合作伙伴类型未知" },
};

export const accounts: Codes = {
  "asset:bank": { en: "Bank", "zh-CN": "银行存款" },
  "asset:partner_debt": { en: "Owed by partners", "zh-CN": "应收合作伙伴" },
  "asset:vault": { en: "Token vault", "zh-CN": "代币金库" },
  "equity:predecessor": { en: "Taken over from the ledger before", "zh-CN": "自前任账本承接" },
  "expense:adjustment": { en: "Corrections by hand", "zh-CN": "手工调整" },
  "expense:commission:implementer": { en: "Commission, implementers", "zh-CN": "佣金：实施方" },
  "expense:commission:referrer": { en: "Commission, referrers", "zh-CN": "佣金：推荐方" },
  "expense:commission:trainer": { en: "Commission, trainers", "zh-CN": "佣金：培训方" },
  "expense:debt_written_off": { en: "Debt written off", "zh-CN": "核销的伙伴欠款" },
  "payable:available": { en: "Owed to partners, available", "zh-CN": "应付合作伙伴：可支付" },
  "payable:frozen": { en: "Owed to partners, in dispute", "zh-CN": "应付合作伙伴：争议中" },
  "payable:held": { en: "Owed to partners, pending", "zh-CN": "应付合作伙伴：待解冻" },
  "payable:tax_withheld": { en: "Tax withheld, owed to the tax office", "zh-CN": "应交代扣税" },
};

/** What a transaction of the journal records, by the name of its log. */
export const transactions: Codes = {
  BatchSettled: { en: "Batch settled", "zh-CN": "批次结算" },
  OrderRefunded: { en: "Order refunded", "zh-CN": "订单退款" },
  CreditsMatured: { en: "Holds released", "zh-CN": "解冻到期" },
  PayoutsRecorded: { en: "Payouts recorded", "zh-CN": "付款入账" },
  PayoutReturned: { en: "Payout sent back", "zh-CN": "付款退回" },
  WithdrawalRecorded: { en: "Withdrawal", "zh-CN": "提取" },
  BalanceAdjusted: { en: "Correction by hand", "zh-CN": "手工调整" },
  DebtWrittenOff: { en: "Debt written off", "zh-CN": "核销欠款" },
  ShareFrozen: { en: "Share set aside for a dispute", "zh-CN": "争议冻结" },
  ShareResolved: { en: "Dispute ended", "zh-CN": "争议裁决" },
  AccountsInherited: { en: "Balances taken over", "zh-CN": "承接余额" },
  CreditsInherited: { en: "Holds taken over", "zh-CN": "承接待解冻" },
  AttestorChanged: { en: "Attestor changed", "zh-CN": "签名方变更" },
  PhaseChanged: { en: "Phase changed", "zh-CN": "阶段变更" },
};

/** What must be true before a month is closed. */
export const closing: Codes = {
  earlier_closed: { en: "The month before is closed", "zh-CN": "上一月份已结账" },
  final: { en: "The month is over, and final on chain", "zh-CN": "该月已结束且链上已终局" },
  sealed: { en: "Every log of the month is in the journal", "zh-CN": "该月全部日志已入账" },
  audited: { en: "An audit after the month’s end found no difference", "zh-CN": "月末之后的核对无差异" },
};

export const checks: Codes = {
  logs_complete: { en: "No entry of the chain’s logs is missing or altered", "zh-CN": "链上日志无缺失、无改动" },
  shares_follow_plans: { en: "Every share follows from its plan, worked out anew", "zh-CN": "每份收益按方案重新计算均相符" },
  roots_of_batches: { en: "Our batches have the roots of the chain", "zh-CN": "批次记录的根与链上一致" },
  clawbacks: { en: "What was taken back is what the logs say", "zh-CN": "扣回金额与链上日志一致" },
  roots: { en: "Each batch’s root covers exactly its orders", "zh-CN": "每个批次的根与其订单完全对应" },
  held_on_chain: { en: "What the contract holds, partner by partner and day by day", "zh-CN": "合约中逐伙伴、逐日的冻结金额" },
  balances_on_chain: { en: "What the contract owes each partner", "zh-CN": "合约应付每个伙伴的余额" },
  balances: { en: "What partners are shown is what the chain says", "zh-CN": "向伙伴显示的余额与链上一致" },
  orders: { en: "Orders here are those on the chain", "zh-CN": "系统订单与链上一致" },
  plans_and_referrals: { en: "Plans and attributions here are those on the chain", "zh-CN": "系统方案与归属与链上一致" },
  commissions: { en: "Commissions here are those on the chain", "zh-CN": "系统收益与链上一致" },
  payouts: { en: "Payouts here are those on the chain", "zh-CN": "系统付款与链上一致" },
  books_equal_chain: { en: "The books owe each partner what the chain says", "zh-CN": "账簿对每个伙伴的应付与链上一致" },
  books_equal_bank: { en: "What left the bank in the books is what was paid", "zh-CN": "账簿的银行支出与实付一致" },
  journal_hashes: { en: "No transaction in the journal was changed", "zh-CN": "账簿交易均未被改动" },
  account_totals: { en: "Account totals are the sums of their postings, and balance", "zh-CN": "科目合计等于分录之和且借贷平衡" },
};

export const partnerTypes: Codes = {
  entity: { en: "Company", "zh-CN": "企业" },
  individual: { en: "Person", "zh-CN": "个人" },
};

/** Why a payout run left a partner out. */
export const exclusions: Codes = {
  suspended: { en: "Payouts are suspended; what is earned stays credited", "zh-CN": "付款已暂停，收益照常入账" },
  not_active: { en: "Your registration on chain is not finished", "zh-CN": "链上登记尚未完成" },
  in_open_run: { en: "Another run pays you already", "zh-CN": "已列入另一付款批次" },
  in_debt: { en: "Earlier refunds are repaid first", "zh-CN": "需先扣回此前退款" },
  on_hold: { en: "Everything is still on hold", "zh-CN": "金额尚在冻结期" },
  in_dispute: { en: "What is left waits for a ruling", "zh-CN": "金额因争议待裁决" },
  nothing_available: { en: "Nothing was available that was final", "zh-CN": "没有已终局的可支付金额" },
  below_minimum: { en: "Less than the least that is paid; it is carried over", "zh-CN": "低于最低付款额，留待下次" },
  agreement_unsigned: { en: "The version of an agreement that is in force is not signed", "zh-CN": "现行版本的协议尚未签署" },
  account_missing: { en: "No bank account", "zh-CN": "未登记银行账户" },
  details_missing: { en: "No bank details", "zh-CN": "未登记银行账户" },
  details_unverified: { en: "Bank details not checked yet", "zh-CN": "银行账户待复核" },
  details_changed: { en: "The bank details changed meanwhile", "zh-CN": "银行账户在此期间变更" },
  holder_differs: { en: "The account is in another name than yours", "zh-CN": "账户户名与您不符" },
  document_missing: { en: "A document is missing", "zh-CN": "缺少证件" },
  document_expired: { en: "A document has expired", "zh-CN": "证件已过期" },
  tax_currency: { en: "No tax rule for this currency", "zh-CN": "该货币没有税务规则" },
  less_available: { en: "A refund or a dispute took of it meanwhile", "zh-CN": "在此期间被退款或争议扣减" },
};

/** Why a payout run left a partner out: by ourselves, or by a rule of compliance, which is named by its code. */
export function useExclusion() {
  const { language } = useTranslation();
  return (reason: string): string => exclusions[reason]?.[language] ?? (language === "en" ? `By the rule of compliance ${reason}` : `合规规则 ${reason}`);
}

/** What a parked event waits for. */
export const unparks: Codes = {
  customer_unknown: { en: "Is taken up once somebody registers the customer", "zh-CN": "客户登记后自动处理" },
  order_unknown: { en: "Is taken up once the order comes in", "zh-CN": "订单到达后自动处理" },
};

/** Documents that are asked for before a payout. */
export const documents: Codes = {
  identity: { en: "Proof of identity", "zh-CN": "身份证件" },
  business_licence: { en: "Business licence", "zh-CN": "营业执照" },
  w9: { en: "Form W-9", "zh-CN": "W-9 表" },
};

/** By which law a request about one's data is answered: by where the reader lives. */
export const laws: Codes = {
  gdpr: { en: "European Union or United Kingdom", "zh-CN": "欧盟或英国" },
  ccpa: { en: "California", "zh-CN": "美国加利福尼亚州" },
  pipl: { en: "Mainland China", "zh-CN": "中国大陆地区" },
  other: { en: "Elsewhere", "zh-CN": "其他地区" },
};

/** Looks a code up in the reader's language. */
export function useCodes() {
  const { language } = useTranslation();
  return (codes: Codes, code: string): string => codes[code]?.[language] ?? code;
}
