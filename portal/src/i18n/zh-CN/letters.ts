import type { Words } from "../en";
import type english from "../en/letters";

export default {
  letters: {
    invitation: "您的邀请",
    invitationOf: "查看 {{partner}} 的收益及到账时间。",
    invitationOfStaff: "参与合作伙伴结算工作。",
    invitationLead: "请设置密码，您的登录账号为 {{login}}。链接有效期至 {{until}}。",
    invitationEnded: "请向邀请人重新索取链接。如果您此前已接受邀请：",
    accept: "接受邀请",
    forgot: "忘记密码？",
    forgotLead: "我们会向您账号的邮箱发送设置新密码的链接。",
    login: "账号或邮箱地址",
    needed: "请填写此项",
    ask: "发送链接",
    asked: "请查收邮件",
    askedMore: "如果该账号存在且登记了邮箱，链接正在发往该邮箱，一小时内有效。",
    reset: "设置新密码",
    resetLead: "设置后，您的所有会话随即结束。",
    resetDone: "密码已设置，请用新密码登录。",
    set: "设置密码",
    askAgain: "重新索取链接",
    password: "新密码",
    passwordHint: "至少 {{least}} 个字符",
    again: "再次输入",
    short: "太短，请至少输入 {{least}} 个字符",
    different: "两次输入不一致",
    ended: "此链接已失效：已被使用、已被替换，或已过期。",
    toSignIn: "前往登录",
  },
} satisfies Words<typeof english>;
