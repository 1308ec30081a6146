/** The only protocol version; `version` of JSON objects and `ver` of tokens. */
export const AITP_VERSION = 'aitp/0.2'
