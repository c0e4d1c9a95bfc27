import type { Dictionary } from "./en";
import access from "./zh-CN/access";
import account from "./zh-CN/account";
import agreements from "./zh-CN/agreements";
import channel from "./zh-CN/channel";
import common from "./zh-CN/common";
import compliance from "./zh-CN/compliance";
import deals from "./zh-CN/deals";
import design from "./zh-CN/design";
import finance from "./zh-CN/finance";
import letters from "./zh-CN/letters";
import materials from "./zh-CN/materials";
import partner from "./zh-CN/partner";
import privacy from "./zh-CN/privacy";
import rules from "./zh-CN/rules";
import simulator from "./zh-CN/simulator";
import status from "./zh-CN/status";

export const zhCN: Dictionary = { ...common, ...status, ...account, ...partner, ...finance, ...channel, ...deals, ...simulator, ...access, ...letters, ...agreements, ...materials, ...privacy, ...compliance, ...rules, ...design };
