"""Published examples of signature and envelope: from the official documents, and from Tencent's own sample code."""

from __future__ import annotations

from typing import NamedTuple


class Vector(NamedTuple):
    """An envelope with everything it was made of."""

    token: str
    aes_key: str
    receiver: str
    random16: bytes
    message: bytes
    encrypt: str
    timestamp: str = ""
    nonce: str = ""
    signature: str = ""  # empty where the source publishes none


class Signature(NamedTuple):
    """A plain signature over token, timestamp and nonce."""

    token: str
    timestamp: str
    nonce: str
    signature: str


# V1 (with the echo of the URL check) and V2: official document "push".
URL_CHECK = Signature("AAAAA", "1714036504", "1514711492", "f464b24fc39322e44b38aa78f5edd27bd1441696")
URL_CHECK_ECHO = "4375120948345356249"
PLAIN_PUSH = Signature("AAAAA", "1714037059", "486452656", "899cf89e464efb63f54ddac96b0a0a235f53aa78")

OA_TOKEN, OA_KEY, OA_APP_ID = "AAAAA", "A" * 43, "wxba5fad812f8e6fb9"

# V3: official document "push", safe mode in the JSON data format.
JSON_PUSH = Vector(
    OA_TOKEN,
    OA_KEY,
    OA_APP_ID,
    b"a8eedb185eb2fecf",
    b'{"ToUserName":"gh_97417a04a28d","FromUserName":"o9AgO5Kd5ggOC-bXrbNODIiE3bGY","CreateTime":1714112445,'
    b'"MsgType":"event","Event":"debug_demo","debug_str":"hello world"}',
    "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv6JsXUnnR8XGT"
    "740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32IIjdf8Y"
    "L/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04=",
    "1714112445",
    "415670741",
    "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3",
)

# V4: the same document, the answer to it.
JSON_REPLY = Vector(
    OA_TOKEN,
    OA_KEY,
    OA_APP_ID,
    b"707722b803182950",
    b'{"demo_resp":"good luck"}',
    "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ==",
    "1713424427",
    "415670741",
    "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1",
)

# V5: the test that Tencent ships with its Java sample (WXBizMsgCrypt) for the open platform; it signs nothing.
SAMPLE_CODE = Vector(
    "pamtest",
    "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
    "wxb11529c136998cb6",
    b"aaaabbbbccccdddd",
    "我是中文abcd123".encode(),
    "jn1L23DB+6ELqJ+6bruv21Y6MD7KeIfP82D6gU39rmkgczbWwt5+3bnyg5K55bgVtVzd832WzZGMhkP72vVOfg==",
)

WECOM_TOKEN, WECOM_KEY, WECOM_ID = "QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "wx5823bf96d3bd56c7"

# V6 and V7: WeCom document 90968, a message and the encrypted echo of its URL check.
WECOM_PUSH = Vector(
    WECOM_TOKEN,
    WECOM_KEY,
    WECOM_ID,
    b"0960688932c47ef1",
    b"<xml><ToUserName><![CDATA[wx5823bf96d3bd56c7]]></ToUserName>\n<FromUserName><![CDATA[mycreate]]></FromUserName>\n"
    b"<CreateTime>1409659813</CreateTime>\n<MsgType><![CDATA[text]]></MsgType>\n<Content><![CDATA[hello]]></Content>\n"
    b"<MsgId>4561255354251345929</MsgId>\n<AgentID>218</AgentID>\n</xml>",
    "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/sYYvuJTs3TUUk"
    "SUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gsijff0ekU"
    "NXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUax5wLVMNS0+rU"
    "PA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIGHBZZIs2pDBS8R07+"
    "qN+E7Q==",
    "1409659813",
    "1372623149",
    "477715d11cdb4164915debcba66cb864d751f3e6",
)
WECOM_ECHO = Vector(
    WECOM_TOKEN,
    WECOM_KEY,
    WECOM_ID,
    b"c41b64491c2468d0",  # not published: found by opening it
    b"1616140317555161061",
    "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ==",
    "1409659589",
    "263014780",
    "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3",
)

ENVELOPES = {
    "V3": JSON_PUSH,
    "V4": JSON_REPLY,
    "V5": SAMPLE_CODE,
    "V6": WECOM_PUSH,
    "V7": WECOM_ECHO,
}
PLAIN = {"V1": URL_CHECK, "V2": PLAIN_PUSH}
