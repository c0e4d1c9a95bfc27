import type { Words } from "../en";
import type english from "../en/agreements";

export default {
  agreements: {
    lead: "您与厂商之间的协议。有新版本时会请您重新签署。",
    staffLead: "要求合作伙伴签署的协议。已发布的文本不再更改，不同的文本即为新版本。",
    none: "没有需要签署的协议。",
    staffNone: "尚未发布协议。发布之前不会要求合作伙伴签署。",
    since: "第 {{version}} 版，自 {{day}} 起生效",
    from: "第 {{version}} 版，将于 {{day}} 生效",
    read: "阅读",
    readAndSign: "阅读并签署",
    close: "收起文本",
    language: "语言",
    file: "下载文本",
    openPdf: "下载 PDF 并阅读",
    ownersOnly: "由有权代表贵方的成员签署。",
    signer: "您的姓名",
    signerHint: "作为您的签名，连同时间、您的网络地址和上述文本的哈希一并保存。",
    sign: "签署第 {{version}} 版",
    signedBy: "第 {{version}} 版，由 {{signer}} 于 {{at}} 签署",
    title: "标题",
    name: "短名",
    nameHint: "小写字母、数字和连字符；各版本、各语言相同。",
    version: "版本",
    effective: "生效日期",
    signed: "已签署的伙伴",
    hash: "SHA-256 哈希",
    publish: "发布新版本",
    publishLead: "将以邮件通知有权代表伙伴的成员。自生效日起，未签署的伙伴暂停付款，收益照常入账。此操作不可撤销。",
    text: "文本（Markdown 或 PDF）",
  },
} satisfies Words<typeof english>;
