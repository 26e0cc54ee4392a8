import type { Refusals } from './refusing.js';

/** What the edge itself says no to, whatever the service: who calls, what was sent, how often. Documented beside the refusals. */
export const edgeRefusals = {
  'token-missing': {
    status: 401,
    title: { en: 'No access token was sent', 'zh-CN': '未提供访问令牌' },
    advice: {
      en: 'Send `Authorization: Bearer <token>` with a token of the issuer for urn:recourse:api.',
      'zh-CN': '请在 Authorization 请求头中提供签发方为 urn:recourse:api 签发的令牌。',
    },
  },
  'token-invalid': {
    status: 401,
    title: { en: 'The access token is not good', 'zh-CN': '访问令牌无效' },
    advice: {
      en: 'Get a new access token (not an id token) from the issuer of this deployment.',
      'zh-CN': '请向本系统的签发方重新获取访问令牌（不是身份令牌）。',
    },
  },
  'token-expired': {
    status: 401,
    title: { en: 'The access token has expired', 'zh-CN': '访问令牌已过期' },
    advice: {
      en: 'Get a new access token and send the same request again, with the same Idempotency-Key.',
      'zh-CN': '请重新获取访问令牌，并使用相同的 Idempotency-Key 重新发送请求。',
    },
  },
  'login-too-old': {
    status: 401,
    title: { en: 'You signed in too long ago for this', 'zh-CN': '登录时间过久，无法执行此操作' },
    advice: {
      en: 'Sign in again (max_age of WWW-Authenticate says how recently) and send the same request, with the same Idempotency-Key.',
      'zh-CN': '请重新登录（WWW-Authenticate 中的 max_age 为允许的时长），并使用相同的 Idempotency-Key 重新发送。',
    },
  },
  'login-too-weak': {
    status: 401,
    title: { en: 'You signed in too weakly for this', 'zh-CN': '登录方式强度不足' },
    advice: {
      en: 'Sign in again with what acr_values of WWW-Authenticate names, and send the same request.',
      'zh-CN': '请按 WWW-Authenticate 中 acr_values 的要求重新登录后重试。',
    },
  },
  'role-not-allowed': {
    status: 403,
    title: { en: 'Your role may not do this', 'zh-CN': '您的角色无权执行此操作' },
    advice: {
      en: 'The roles of each operation stand in /openapi.json as x-roles.',
      'zh-CN': '各操作允许的角色见 /openapi.json 中的 x-roles。',
    },
  },
  'tenant-unknown': {
    status: 403,
    title: { en: 'The platform of your token is not known here', 'zh-CN': '令牌所属的平台未在此登记' },
    advice: {
      en: 'One that was created a moment ago is known in a second: try again. Otherwise an operator creates it.',
      'zh-CN': '刚刚创建的平台稍后即可使用，请重试；否则请由运维人员创建。',
    },
  },
  'tenant-closed': {
    status: 403,
    title: { en: 'The platform of your token is closed', 'zh-CN': '令牌所属的平台已关闭' },
    advice: { en: 'Nothing can be done here for it any more.', 'zh-CN': '该平台已不能在此办理任何业务。' },
  },
  'purpose-not-allowed': {
    status: 403,
    title: { en: 'Your role may not read personal data for this purpose', 'zh-CN': '您的角色不能以此目的读取个人信息' },
    advice: { en: 'State a purpose of your role: {allowed}.', 'zh-CN': '请使用您的角色可用的目的：{allowed}。' },
  },
  'issuer-unreachable': {
    status: 503,
    title: { en: 'The issuer of access tokens cannot be reached', 'zh-CN': '暂时无法连接令牌签发方' },
    advice: {
      en: 'Nothing is wrong with your token. Send the same request again in a few seconds.',
      'zh-CN': '您的令牌没有问题，请几秒后重试。',
    },
  },
  'request-invalid': {
    status: 400,
    title: { en: 'The request has fields that cannot be taken', 'zh-CN': '请求中有不能接受的字段' },
    advice: { en: 'Put right what `errors` names and send it again.', 'zh-CN': '请按 errors 中的说明更正后重新发送。' },
  },
  'request-malformed': {
    status: 400,
    title: { en: 'The request cannot be understood', 'zh-CN': '无法识别该请求' },
    advice: { en: 'Check the request line and the headers.', 'zh-CN': '请检查请求行和请求头。' },
  },
  'request-refused': {
    status: 400,
    title: { en: 'The request was refused', 'zh-CN': '请求被拒绝' },
    advice: { en: 'See `detail`.', 'zh-CN': '请参阅 detail。' },
  },
  'body-missing': {
    status: 400,
    title: { en: 'A JSON body is expected', 'zh-CN': '缺少 JSON 请求体' },
    advice: {
      en: 'Send the body described in /openapi.json as application/json.',
      'zh-CN': '请按 /openapi.json 的说明以 application/json 发送请求体。',
    },
  },
  'body-not-json': {
    status: 400,
    title: { en: 'The body is not JSON', 'zh-CN': '请求体不是有效的 JSON' },
    advice: { en: 'Send one well-formed JSON object.', 'zh-CN': '请发送一个格式正确的 JSON 对象。' },
  },
  'body-not-utf8': {
    status: 400,
    title: { en: 'The body is not UTF-8', 'zh-CN': '请求体不是 UTF-8 编码' },
    advice: { en: 'Encode the body in UTF-8.', 'zh-CN': '请使用 UTF-8 编码。' },
  },
  'body-too-deep': {
    status: 400,
    title: { en: 'The body is nested too deeply', 'zh-CN': '请求体嵌套层数过多' },
    advice: { en: 'Nest at most {most} levels.', 'zh-CN': '嵌套不能超过 {most} 层。' },
  },
  'body-too-rich': {
    status: 400,
    title: { en: 'The body holds too many values', 'zh-CN': '请求体包含的值过多' },
    advice: { en: 'Send at most {most} values at once; split what you send.', 'zh-CN': '单次最多 {most} 个值，请分批发送。' },
  },
  'body-too-large': {
    status: 413,
    title: { en: 'The body is too large', 'zh-CN': '请求体过大' },
    advice: {
      en: 'JSON bodies may have 256 kB. Files go to /v1/complaints/{id}/evidence.',
      'zh-CN': 'JSON 请求体不得超过 256 kB。文件请上传至 /v1/complaints/{id}/evidence。',
    },
  },
  'too-much-for-one-record': {
    status: 422,
    title: { en: 'This is too much for one record', 'zh-CN': '内容超出单条记录的容量' },
    advice: {
      en: 'Send fewer items at once; long texts belong into the narrative, a letter or evidence.',
      'zh-CN': '请减少单次提交的内容；长文本请放入陈述、函件或证据中。',
    },
  },
  'content-length-wrong': {
    status: 400,
    title: { en: 'The body is not as long as Content-Length says', 'zh-CN': '请求体长度与 Content-Length 不符' },
    advice: { en: 'Let your HTTP client set Content-Length.', 'zh-CN': '请由 HTTP 客户端自动设置 Content-Length。' },
  },
  'media-type-not-supported': {
    status: 415,
    title: { en: 'This kind of body is not taken here', 'zh-CN': '不支持此类型的请求体' },
    advice: {
      en: 'Send application/json in UTF-8; files as multipart/form-data where the operation says so.',
      'zh-CN': '请使用 UTF-8 的 application/json；文件仅在接口说明允许处以 multipart/form-data 上传。',
    },
  },
  'file-too-large': {
    status: 413,
    title: { en: 'The file is too large', 'zh-CN': '文件过大' },
    advice: { en: 'Send a smaller file, or several.', 'zh-CN': '请上传较小的文件，或分成多个文件。' },
  },
  'url-malformed': {
    status: 400,
    title: { en: 'The address is malformed', 'zh-CN': '请求地址格式错误' },
    advice: { en: 'Encode the parts of the path with percent signs.', 'zh-CN': '请对路径进行百分号编码。' },
  },
  'url-too-long': {
    status: 414,
    title: { en: 'The address is too long', 'zh-CN': '请求地址过长' },
    advice: { en: 'No id has more than 64 characters.', 'zh-CN': '任何编号都不超过 64 个字符。' },
  },
  'headers-too-large': {
    status: 431,
    title: { en: 'The headers are too large', 'zh-CN': '请求头过大' },
    advice: { en: 'Send fewer or shorter headers.', 'zh-CN': '请减少或缩短请求头。' },
  },
  'request-too-slow': {
    status: 408,
    title: { en: 'The request took too long to arrive', 'zh-CN': '请求发送超时' },
    advice: { en: 'Send it again, with the same Idempotency-Key.', 'zh-CN': '请使用相同的 Idempotency-Key 重新发送。' },
  },
  'not-found': {
    status: 404,
    title: { en: 'There is no such thing, or it is not yours to see', 'zh-CN': '未找到，或您无权查看' },
    advice: {
      en: 'Check the address and the id. What belongs to another platform or person looks just like what does not exist.',
      'zh-CN': '请检查地址和编号。属于其他平台或其他人的内容与不存在的内容答复相同。',
    },
  },
  'method-not-allowed': {
    status: 405,
    title: { en: 'This address does not know that method', 'zh-CN': '该地址不支持此方法' },
    advice: { en: 'Use a method that the Allow header names.', 'zh-CN': '请使用 Allow 响应头中列出的方法。' },
  },
  'not-acceptable': {
    status: 406,
    title: { en: 'That form of answer is not given here', 'zh-CN': '不提供所要求的响应格式' },
    advice: { en: 'Accept application/json.', 'zh-CN': '请接受 application/json。' },
  },
  'idempotency-key-missing': {
    status: 400,
    title: { en: 'An Idempotency-Key is needed', 'zh-CN': '缺少 Idempotency-Key' },
    advice: {
      en: 'Send a new random key (a UUID will do) with each thing you want done, and the same key when you repeat it.',
      'zh-CN': '每个新操作请使用一个新的随机值（如 UUID），重试时使用相同的值。',
    },
  },
  'idempotency-key-malformed': {
    status: 400,
    title: { en: 'The Idempotency-Key cannot be used', 'zh-CN': 'Idempotency-Key 格式错误' },
    advice: { en: 'Use 1 to 255 visible ASCII characters, once.', 'zh-CN': '请使用 1 至 255 个可见 ASCII 字符，且只发送一次。' },
  },
  'idempotency-key-reused': {
    status: 422,
    title: { en: 'This Idempotency-Key was used for another request', 'zh-CN': '该 Idempotency-Key 已用于另一个请求' },
    advice: {
      en: 'Use a new key for a new request; repeat the old one unchanged to hear its answer.',
      'zh-CN': '新请求请使用新的键；如需原请求的结果，请原样重发。',
    },
  },
  'idempotency-key-in-use': {
    status: 409,
    title: { en: 'The first request with this key is still being carried out', 'zh-CN': '使用该键的首个请求仍在处理中' },
    advice: {
      en: 'Wait a second and repeat it: you will get its answer. (The store lets twins wait for one another, so this is rare.)',
      'zh-CN': '请稍候一秒后重试，即可得到其结果。',
    },
  },
  'if-match-missing': {
    status: 428,
    title: { en: 'Say which version you judged by', 'zh-CN': '请说明您所依据的版本' },
    advice: { en: 'Send If-Match with the ETag of the representation you saw.', 'zh-CN': '请在 If-Match 中提供您所看到内容的 ETag。' },
  },
  'if-match-malformed': {
    status: 400,
    title: { en: 'If-Match is not an ETag of this API', 'zh-CN': 'If-Match 不是本接口的 ETag' },
    advice: {
      en: 'Send the ETag exactly as you received it: a version in double quotes.',
      'zh-CN': '请原样发送收到的 ETag（带双引号的版本号）。',
    },
  },
  'version-is-stale': {
    status: 412,
    title: { en: 'Something you judged by has changed since', 'zh-CN': '您所依据的内容已发生变化' },
    advice: {
      en: 'Read it again (the ETag header names the current version), judge again, and send it with a new Idempotency-Key.',
      'zh-CN': '请重新读取（ETag 响应头为当前版本）、重新判断后，以新的 Idempotency-Key 发送。',
    },
  },
  'others-were-faster': {
    status: 409,
    title: { en: 'Others kept changing this first', 'zh-CN': '其他人正在同时修改' },
    advice: { en: 'Send the same request again in a moment.', 'zh-CN': '请稍后重新发送相同的请求。' },
  },
  'cursor-not-ours': {
    status: 400,
    title: { en: 'The cursor does not belong to this list', 'zh-CN': '游标不属于此列表' },
    advice: {
      en: 'Follow the Link header of the page before, with the same filters.',
      'zh-CN': '请使用上一页 Link 响应头中的链接，并保持相同的筛选条件。',
    },
  },
  'position-is-of-another-log': {
    status: 400,
    title: { en: 'That position is of another log', 'zh-CN': '该位置属于另一个日志' },
    advice: { en: 'Positions of this service begin with {service}:', 'zh-CN': '本服务的位置以 {service}: 开头' },
  },
  'position-or-instant': {
    status: 400,
    title: { en: 'Give a position or an instant, not both', 'zh-CN': '位置与时间只能提供其一' },
    advice: { en: 'Leave out `position` or `at`.', 'zh-CN': '请去掉 position 或 at。' },
  },
  'last-event-id-malformed': {
    status: 400,
    title: { en: 'Last-Event-ID is not a position', 'zh-CN': 'Last-Event-ID 不是有效位置' },
    advice: {
      en: 'Send the id of the last event you received, or leave the header out.',
      'zh-CN': '请发送收到的最后一个事件的 id，或去掉该请求头。',
    },
  },
  'too-many-requests': {
    status: 429,
    title: { en: 'Too many requests were sent', 'zh-CN': '请求过于频繁' },
    advice: {
      en: 'Wait for the seconds that Retry-After names, then send the same request again with the same Idempotency-Key. RateLimit-Policy says what is granted ({policy}: {most} in {seconds} s), RateLimit what is left.',
      'zh-CN':
        '请等待 Retry-After 所示的秒数后，使用相同的 Idempotency-Key 重新发送。RateLimit-Policy 为允许的数量（{policy}：{seconds} 秒内 {most} 次），RateLimit 为剩余数量。',
    },
  },
  'too-many-streams': {
    status: 429,
    title: { en: 'Too many streams are open', 'zh-CN': '打开的事件流过多' },
    advice: {
      en: 'Close one of the {most} streams of your platform, or share one.',
      'zh-CN': '贵平台最多可打开 {most} 个事件流，请关闭或共用。',
    },
  },
  'key-restricted': {
    status: 409,
    title: { en: 'The personal data this belongs to may only be stored', 'zh-CN': '相关个人信息仅限存储，不得处理' },
    advice: {
      en: 'Nothing may be added to it or read of it until the privacy officer releases it. Sending it again does not help.',
      'zh-CN': '在隐私负责人解除限制之前，不得新增或读取。重复发送无效。',
    },
  },
  'keys-unreachable': {
    status: 503,
    title: { en: 'Personal data cannot be opened or sealed now', 'zh-CN': '暂时无法加密或解密个人信息' },
    advice: {
      en: 'Nothing was recorded. Send the same request again in a few seconds, with the same Idempotency-Key.',
      'zh-CN': '未记录任何内容。请几秒后使用相同的 Idempotency-Key 重新发送。',
    },
  },
  unavailable: {
    status: 503,
    title: { en: 'The service cannot answer now', 'zh-CN': '服务暂时不可用' },
    advice: { en: 'Send the same request again in a few seconds.', 'zh-CN': '请几秒后重新发送相同的请求。' },
  },
  'internal-error': {
    status: 500,
    title: { en: 'Something went wrong on our side', 'zh-CN': '系统内部错误' },
    advice: {
      en: 'Send the same request again, with the same Idempotency-Key; if it keeps happening, tell us the `instance`.',
      'zh-CN': '请使用相同的 Idempotency-Key 重试；如仍失败，请告知 instance。',
    },
  },
} as const satisfies Refusals;
