import { createHash, X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { aitp, fromB64u } from './fixtures.ts'

/** Self-signed, `openssl req -x509 -newkey ed25519 -subj /CN=aitp -days 36500`; version 3. */
const ED25519 =
  'MIIBNDCB56ADAgECAhQd5uDrctKXXHfvLZYi7AsHjRJrtTAFBgMrZXAwDzENMAsGA1UEAwwEYWl0cDAgFw0yNjExMjExNDIyNDda' +
  'GA8yMTI2MTAyODE0MjI0N1owDzENMAsGA1UEAwwEYWl0cDAqMAUGAytlcAMhAHK9dTuXOUAN3XcoGMKyH61boH4h6jKJnFYdDx1s' +
  'jJbKo1MwUTAdBgNVHQ4EFgQUxhXrmEl-FHFLoA4fk8WzZ_noMqQwHwYDVR0jBBgwFoAUxhXrmEl-FHFLoA4fk8WzZ_noMqQwDwYD' +
  'VR0TAQH_BAUwAwEB_zAFBgMrZXADQQDK5Tclbw2xsewSuIM7mksM4E3JQmYyBoUDLycr0pnGi4rsHNNqsdFc30UgomHZF4aF1l11' +
  'svg8p-a43tbGfIcI'
/** The same with `-newkey ec -pkeyopt ec_paramgen_curve:P-256`. */
const P256 =
  'MIIBdTCCARugAwIBAgIUJPy1WMECj8uXPrL2V5Y0Hjm3O2cwCgYIKoZIzj0EAwIwDzENMAsGA1UEAwwEYWl0cDAgFw0yNjExMjEx' +
  'NDIyNDdaGA8yMTI2MTAyODE0MjI0N1owDzENMAsGA1UEAwwEYWl0cDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABEay98o8d4Kh' +
  'IX2YubinXZCU5Ge8J0n3aa2U9WgYLXziwPJ7ZC7DZP21B6uxAPm7mB7NtlhdNwWBYMivJEDfzWSjUzBRMB0GA1UdDgQWBBQzwGWj' +
  'UTWQsUBCme_XXZEapb751TAfBgNVHSMEGDAWgBQzwGWjUTWQsUBCme_XXZEapb751TAPBgNVHRMBAf8EBTADAQH_MAoGCCqGSM49' +
  'BAMCA0gAMEUCICAozg3LGcUD07-w6PaPFum8FeXBj65UTSoV0gozMIrrAiEAkYZD-ru9_AsmVkHuvflITcd8Kk-SbL2lVL4rDiWx' +
  'lwU'
/** The same with `-newkey rsa:2048`. */
const RSA =
  'MIIDATCCAemgAwIBAgIUaonKCrk2UOFPNsjw-aB-BWsWULUwDQYJKoZIhvcNAQELBQAwDzENMAsGA1UEAwwEYWl0cDAgFw0yNjEx' +
  'MjExNDIyNDdaGA8yMTI2MTAyODE0MjI0N1owDzENMAsGA1UEAwwEYWl0cDCCASIwDQYJKoZIhvcNAQEBBQADggEPADCCAQoCggEB' +
  'ALOldZDCmaxFMWYBKDpcU3d8U2O56Y5tJ2vZiVhOK2n_O_fbBLtLQYu7AHoxy12FVRX1KW2_TK6u5stdXNkf-A7DyMbzI856fVSm' +
  'xLa-Lqo-z7U61NRTyHI97QvdLgTT3APlf0GDi5nm77XZQVRY1gOHfMlw6AAHUorARs7z-prI-HwuqXob6gtKzTCTKNT8Tl5erB5M' +
  'sl7xrDVJQrFQVWmamT87aIJF7F3BR34VrhJrLB6r74c5pGiKbKexAVbrvWD6fccK06d2ipIk_7sVgWSJWrpmMR18T4w7JbwKWqyY' +
  'gq2dNMpdzdfZ_teinyILJGwafQTwxih0S8Mkgd7XnH8CAwEAAaNTMFEwHQYDVR0OBBYEFNoa6E-zlOlLu5emTq9IrSiy3d9rMB8G' +
  'A1UdIwQYMBaAFNoa6E-zlOlLu5emTq9IrSiy3d9rMA8GA1UdEwEB_wQFMAMBAf8wDQYJKoZIhvcNAQELBQADggEBAJD3pp8urcQb' +
  'Ii98q8HwiDFksO4glzrDjGp1zUQhWXCpBoP8HZbp7dGSwXcs7uPe8XTjupiltInkuJ2vXU86-B_KhT-JUcKNipmCP5oPhABwlV6u' +
  'GVER8L8xUu-HT2Njy3y2SHikEK8YBacYjF_rFG4A4cxjc8hKtN1PE2w7bt2wk-s3kYUe2n93CucMr-ny3Mha5XQbtwMW2doLZ5Xj' +
  'vrRlFfeRhobTySXTz-he2gsbCT63Zh1cH6A0CeW6fZx1iUUq8HSuw5XJ1obobkZgp0BG15ZigUGPF3PXLr3Dlv60Ji9wrPcx29Tv' +
  '782HCAz7d6zNSRdEHbfDYhvkkph0n0Q'

const certificates = { ED25519, P256, RSA }

function expected(der: Uint8Array): string {
  const key = new X509Certificate(der).publicKey.export({ type: 'spki', format: 'der' })
  return createHash('sha256').update(key).digest('hex')
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

describe('spkiHash', () => {
  it.each(Object.entries(certificates))('finds the key of a certificate with %s, as Node does', (_, text) => {
    const der = fromB64u(text)
    expect(hex(aitp.spkiHash(der))).toBe(expected(der))
  })

  it('takes nothing cut short, extended or changed in its frame for a certificate', () => {
    const der = fromB64u(ED25519)
    for (let length = 0; length < der.length; length++)
      expect(() => aitp.spkiHash(der.subarray(0, length))).toThrow(TypeError)
    expect(() => aitp.spkiHash(Uint8Array.from([...der, 0]))).toThrow(TypeError)
    for (const index of [0, 1, 2, 3, 4])
      expect(() => aitp.spkiHash(der.map((byte, at) => (at === index ? byte ^ 0x40 : byte)))).toThrow(
        TypeError,
      )
    // A length of 0x81 0x10 instead of 0x10, and one without end.
    expect(() => aitp.spkiHash(Uint8Array.from([0x30, 0x81, 0x02, 0x30, 0x00]))).toThrow(TypeError)
    expect(() => aitp.spkiHash(Uint8Array.from([0x30, 0x80, 0x30, 0x00, 0, 0]))).toThrow(TypeError)
  })
})

describe('pins', () => {
  const [ed25519, p256, rsa] = [ED25519, P256, RSA].map(fromB64u)

  it('accept a certificate with a pinned key, whatever else is in it, and no other', () => {
    const pins = aitp.createSpkiPins([ed25519, p256].map((der) => aitp.spkiHash(der ?? new Uint8Array())))
    expect(pins.size).toBe(2)
    expect([ed25519, p256, rsa].map((der) => pins.isPinned(der ?? new Uint8Array()))).toEqual([
      true,
      true,
      false,
    ])
    expect(pins.isPinned(new Uint8Array())).toBe(false)
    expect(pins.isPinned(new Uint8Array(100))).toBe(false)
  })

  it('are never an empty list, and have 32 bytes', () => {
    expect(() => aitp.createSpkiPins([])).toThrow(TypeError)
    expect(() => aitp.createSpkiPins([new Uint8Array(31)])).toThrow(TypeError)
  })
})
