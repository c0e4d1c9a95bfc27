import type { Words } from "../en";
import type english from "../en/channel";

export default {
  partners: {
    title: "合作伙伴",
    empty: "还没有合作伙伴。",
    searchLabel: "按名称或编号搜索合作伙伴",
    open: "查看 {{name}} 的收益",
  },
  orders: {
    title: "订单",
    empty: "还没有订单。",
    searchLabel: "按订单号或客户搜索",
    nobody: "这笔订单没有人获得收益。",
  },
} satisfies Words<typeof english>;
