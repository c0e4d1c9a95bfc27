import type { Dictionary } from "./en";
import access from "./zh-CN/access";
import account from "./zh-CN/account";
import channel from "./zh-CN/channel";
import common from "./zh-CN/common";
import design from "./zh-CN/design";
import finance from "./zh-CN/finance";
import letters from "./zh-CN/letters";
import partner from "./zh-CN/partner";
import simulator from "./zh-CN/simulator";
import status from "./zh-CN/status";

export const zhCN: Dictionary = { ...common, ...status, ...account, ...partner, ...finance, ...channel, ...simulator, ...access, ...letters, ...design };
