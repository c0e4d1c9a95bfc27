import type { Words } from "../en";
import type english from "../en/invoices";

export default {
  invoices: {
    title: "发票",
    lead: "由财务登记。法律有要求时，对中国公司的付款不超过其有效发票金额。",
    empty: "尚未登记发票。",
    number: "发票号码",
    numberHint: "20 位数字；有发票代码的为 8 位",
    code: "发票代码",
    codeHint: "10 或 12 位数字；数电发票留空",
    codeOf: "发票代码 {{code}}",
    issued: "开票日期",
    amount: "价税合计",
    amountHint: "以 {{currency}} 计，含税",
    amountWrong: "须为大于零的金额，小数位数不超过 {{currency}} 的精度",
    tax: "其中税额",
    taxHint: "以 {{currency}} 计；无税额则留空",
    buyer: "购买方税号",
    buyerHint: "18 位，与票面一致",
    valid: "有效",
    red: "已红冲",
    redAt: "{{day}} 红冲：{{reason}}",
    register: "登记发票",
    redLetter: "红冲",
    redLetterSure: "发票 {{number}} 此后不再计入可付款金额，且无法撤销。",
    reason: "红冲原因",
    steps: "操作",
  },
} satisfies Words<typeof english>;
