import type { Words } from "../en";
import type english from "../en/account";

export default {
  signIn: {
    title: "登录",
    lead: "查看您赚了多少、来自哪笔订单、依据哪条规则、何时到账。",
    login: "账号",
    password: "密码",
    submit: "登录",
    submitting: "正在登录…",
    wrong: "账号与密码不匹配，请核对后重试。",
    missing: "请输入账号和密码。",
    codeTitle: "请输入验证码",
    codeLead: "您的账号除密码外还需要验证码。",
    code: "验证码",
    codeHint: "身份验证器当前显示的六位数字，或一个恢复码。",
    codeWrong: "验证码不正确或已用过，请输入身份验证器当前显示的验证码。",
    lockedOut: "失败次数过多，该账号已锁定几分钟，请稍后再试。",
    back: "返回",
  },
} satisfies Words<typeof english>;
