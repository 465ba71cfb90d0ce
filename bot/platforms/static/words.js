// What the page calls things.
export const DOORS = { oa: "公众号", wecom: "企业微信", kf: "微信客服", sms: "短信电话" };
export const BOT = { oa: "公众号", wecom: "应用", kf: "客服" };

export const FAULTS = {
  busy: ["平台忙", "答 -1（短信答 503）。"],
  minute_quota: ["这一分钟的额度用完", "答 45011 或 45009（短信答 429）。"],
  day_quota: ["今天的额度用完", "答 45009（短信答 429）。"],
  banned: ["接口被封", "答 48004（短信答 403）。"],
  http_500: ["HTTP 500", "平台自己坏了。"],
  not_json: ["答一页网页", "状态 200，内容不是 JSON。短信不会。"],
  slow: ["慢", "过几秒才答。"],
  hung: ["不答", "一直拖着，恢复以后才答。"],
  reset_before: ["没办就断线", "什么都没做，连接断了。"],
  reset_after_accept: ["办了才断线", "收下、做了，没来得及答就断了。"],
  silent_drop: ["悄悄丢掉", "答应得好好的，谁也没看见。"],
  partial: ["一部分人无效", "填上的这些人收不到。"],
  token_dead: ["凭证全部失效", "现在发出的凭证马上作废一次。短信不会。"],
  refuse_token: ["拒绝密钥", "取凭证被拒（短信答 401）。"],
  duplicate: ["同一件推几遍", "我们答对了，还是再推。"],
  concurrent: ["同一件同时推", "几份一起到。"],
  reordered: ["顺序颠倒", "这一件压到下一件后面。"],
  lost: ["没推来", "我们永远听不到这一件。"],
};

export const OPTIONS = { seconds: "秒", count: "遍", people: "无效的人", after: "办了再拖", status: "状态", errcode: "errcode" };
export const ACTIONS = { message: "说话", click: "点菜单", follow: "关注", scan: "扫码" };
export const SESSION = ["还没人接", "机器人", "等人接", "有人接着", "已结束"];
export const MASS = { SENDING: "在路上", SEND_SUCCESS: "发完了", SEND_FAIL: "失败", DELETE: "撤了" };
export const OUTCOMES = {
  accepted: "答对了",
  unacceptable: "答得不对，或没答",
  lost: "没推",
  "no callback": "没填回调地址",
};
export const KINDS = {
  image: "照片",
  voice: "语音",
  video: "视频",
  file: "文件",
  location: "位置",
  link: "链接",
  merged_msg: "聊天记录",
  template: "模板消息",
  subscription: "订阅通知",
  textcard: "文本卡片",
  news: "图文",
  miniprogram: "小程序",
};

const CLOCK = { timeZone: "Asia/Shanghai", hour12: false };

/** A time of day; with the date where it is not today's. */
export function timeOf(at, now) {
  const moment = new Date(at * 1000);
  const day = (one) => new Date(one * 1000).toLocaleDateString("zh-CN", CLOCK);
  const time = moment.toLocaleTimeString("zh-CN", { ...CLOCK, hour: "2-digit", minute: "2-digit", second: "2-digit" });
  return day(at) === day(now) ? time : `${day(at)} ${time}`;
}

/** How long from now, in the largest whole unit. */
export function spanOf(seconds) {
  if (seconds < 60) return `${Math.max(0, Math.round(seconds))} 秒`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} 分钟`;
  if (seconds < 172800) return `${Math.round(seconds / 3600)} 小时`;
  return `${Math.round(seconds / 86400)} 天`;
}
