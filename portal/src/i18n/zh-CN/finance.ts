import type { Words } from "../en";
import type english from "../en/finance";

export default {
  finance: {
    title: "财务",
    audit: "账链核对",
    auditLead: "账簿中的每个数字都与链上逐一比对，精确到最小货币单位。",
    auditOk: "账链一致",
    auditBad: "账链不一致",
    auditNever: "尚未进行过核对。",
    auditRan: "核对于 {{time}}，截至区块 {{block}}，用时 {{seconds}} 秒",
    auditRun: "立即核对",
    auditRunning: "核对中…",
    checkCompared: "比对 {{compared}} 项",
    checkSame: "无差异",
    checkDifferences: "差异：{{differences}}",
    checkFirst: "首个差异：{{first}}",
    trial: "试算平衡表",
    trialAsOf: "截至 {{day}} · 共 {{transactions}} 笔交易",
    balanced: "借贷平衡",
    unbalanced: "借贷不平",
    total: "合计",
    journalHead: "账簿链头",
    journalNote: "至今全部交易的哈希：记下它，日后即可验证是否有任何改动。",
    batches: "批次",
    batchesEmpty: "还没有批次。订单按批上链，每批一笔交易。",
    refusals: "被拒的行",
    refusalsEmpty: "没有被拒的行。无法受理的行会连同文件、行号和原因列在这里。",
    line: "{{file}} 第 {{line}} 行",
    type: { expense: "费用", liability: "负债", asset: "资产", equity: "权益" },
  },
} satisfies Words<typeof english>;
