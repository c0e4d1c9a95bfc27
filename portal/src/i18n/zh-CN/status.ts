import type { Words } from "../en";
import type english from "../en/status";

export default {
  status: {
    commission: {
      pending: { label: "待解冻", next: "已入账，尚在冻结期；到所示日期自动转为可支付，无需操作。" },
      approved: { label: "可支付", next: "冻结期已满，将随下一次付款支付。" },
      paid: { label: "已支付", next: "已汇往您的银行账户，无需其他操作。" },
      processed: { label: "无应付", next: "应得份额为零，无需支付。" },
      refunded: { label: "已退款", next: "客户已获退款，相应份额一并退回，无需其他操作。" },
      disputed: { label: "争议中", next: "暂予冻结，至争议结束；争议必在期限内结束。" },
    },
    order: {
      pending: { label: "待提交", next: "已受理，将随下一批次上链。" },
      submitted: { label: "已提交", next: "已发往链上，等待出块。" },
      confirmed: { label: "已确认", next: "已进入区块，待链上不可重组后即为最终。" },
      finalized: { label: "已终局", next: "已永久上链并入账。" },
      failed: { label: "未结算", next: "没有记入任何收益，原因见旁。" },
    },
    batch: {
      submitted: { label: "已提交", next: "已发往链上，等待出块。" },
      confirmed: { label: "已确认", next: "已进入区块，待链上不可重组后即为最终。" },
      finalized: { label: "已终局", next: "已永久上链并入账。" },
    },
    payout: {
      pending: { label: "已编制", next: "已列入付款批次，待另一人复核。" },
      processing: { label: "处理中", next: "已复核，即将交给银行。" },
      sent: { label: "银行处理中", next: "已列入银行文件，等待银行回执。" },
      completed: { label: "已完成", next: "已支付，并已记录在链上。" },
      failed: { label: "失败", next: "款项未付出，金额仍可在下次付款时支付。" },
      canceled: { label: "已取消", next: "付款批次已取消，金额仍可支付。" },
      returned: { label: "已退汇", next: "银行已退回款项，金额重新可支付。" },
    },
    endpoint: {
      enabled: { label: "启用", next: "会收到通知。" },
      disabled: { label: "停用", next: "重新启用前不会收到通知。" },
    },
    delivery: {
      pending: { label: "待发送", next: "即将发送。" },
      sending: { label: "发送中", next: "等待对方响应。" },
      delivered: { label: "已送达", next: "对方已接收。" },
      failed: { label: "失败", next: "多次尝试均未被接收，可重新发送。" },
      canceled: { label: "已取消", next: "发送前端点已停用。" },
    },
    partner: {
      active: { label: "正常", next: "正常计收益并付款。" },
      suspended: { label: "已暂停", next: "继续计收益，暂停解除前不付款。" },
    },
  },
} satisfies Words<typeof english>;
