import { describe, expect, it } from 'vitest'
import { checkTarget } from '../../agents/base/network/check-target.ts'
import { createPeers } from '../../agents/base/peers.ts'
import { createAitp } from '../../src/aitp/index.ts'
import { nodeEngine } from '../../src/aitp/platform/node/engine.ts'
import { classifyAddress } from '../../src/shared/address-class.ts'

describe('classifyAddress', () => {
  it.each([
    ['93.184.216.34', 'public'],
    ['2606:2800:220:1::1', 'public'],
    ['127.0.0.1', 'loopback'],
    ['127.255.255.254', 'loopback'],
    ['::1', 'loopback'],
    ['10.1.2.3', 'private'],
    ['172.31.255.255', 'private'],
    ['192.168.0.1', 'private'],
    ['100.64.0.1', 'private'],
    ['fd00::1', 'private'],
    ['0.0.0.0', 'forbidden'],
    ['::', 'forbidden'],
    ['255.255.255.255', 'forbidden'],
    ['224.0.0.1', 'forbidden'],
    ['ff02::1', 'forbidden'],
    ['169.254.169.254', 'forbidden'],
    ['fe80::1', 'forbidden'],
    ['240.0.0.1', 'forbidden'],
    ['2001:db8::1', 'forbidden'],
    ['2001:0:4136:e378::1', 'forbidden'],
    ['64:ff9b:1::a00:1', 'forbidden'],
    ['no address', 'forbidden'],
  ])('%s is %s', (address, wanted) => {
    expect(classifyAddress(address)).toBe(wanted)
  })

  it.each([
    ['mapped', '::ffff:10.0.0.1', 'private'],
    ['mapped', '::ffff:127.0.0.1', 'loopback'],
    ['mapped', '::ffff:169.254.169.254', 'forbidden'],
    ['compatible', '::10.0.0.1', 'private'],
    ['NAT64', '64:ff9b::10.0.0.1', 'private'],
    ['NAT64', '64:ff9b::93.184.216.34', 'public'],
    ['translated', '::ffff:0:192.168.0.1', 'private'],
    ['6to4', '2002:7f00:1::', 'loopback'],
    ['6to4', '2002:a9fe:a9fe::', 'forbidden'],
  ])('judges an IPv4 address inside IPv6 as itself: %s %s is %s', (_, address, wanted) => {
    expect(classifyAddress(address)).toBe(wanted)
  })
})

describe('checkTarget', () => {
  const check = (url: string, namedByHost = false) => checkTarget(new URL(url), { namedByHost })

  it('gives the addresses that may be connected to', async () => {
    expect(await check('http://127.0.0.1:8100/m')).toEqual([{ address: '127.0.0.1', family: 4 }])
    expect(await check('https://93.184.216.34/')).toEqual([{ address: '93.184.216.34', family: 4 }])
    const local = await check('http://localhost:8100/m')
    expect(local.map(({ address }) => classifyAddress(address))).not.toContain('public')
  })

  it('lets the host alone name a private address, and nobody a forbidden one', async () => {
    const forbidden = { refusal: { code: 'forbidden_target' } }
    await expect(check('https://192.168.0.9/')).rejects.toMatchObject(forbidden)
    expect(await check('https://192.168.0.9/', true)).toEqual([{ address: '192.168.0.9', family: 4 }])
    await expect(check('http://192.168.0.9/', true)).rejects.toMatchObject(forbidden)
    await expect(check('https://169.254.169.254/', true)).rejects.toMatchObject(forbidden)
  })

  it('reads odd spellings as the address they mean', async () => {
    for (const url of ['https://0x7f.1/', 'https://2130706433/', 'https://0177.0.0.1/'])
      expect(await check(url)).toEqual([{ address: '127.0.0.1', family: 4 }])
    await expect(check('https://[::ffff:7f00:1]/')).rejects.toMatchObject({
      refusal: { code: 'forbidden_target' },
    })
  })
})

describe('the peers that the host has named', () => {
  it('are known by the host names of their manifests', () => {
    const aitp = createAitp(nodeEngine)
    const peers = createPeers(aitp)
    const { aid } = aitp.agentKey(new Uint8Array(32).fill(1))
    peers.replace([{ agent_id: 'remote', aid, manifest_url: 'https://10.0.0.7:8443/m', did: null }])
    expect(peers.hasHostname('10.0.0.7')).toBe(true)
    expect(peers.hasHostname('10.0.0.8')).toBe(false)
  })
})
