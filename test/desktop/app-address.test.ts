import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isAppAddress, isAppFrame, pageFile } from '../../src/main/app-address.ts'

test.each(['app://console/', 'app://console/index.html', 'APP://console/#/runs/1?x=y'])(
  '%s is ours',
  (address) => {
    expect(isAppAddress(address)).toBe(true)
  },
)

test.each([
  'app://console.evil/',
  'app://evil/console',
  'app://console@evil/',
  'app://user@console/',
  'app://console:80/',
  'https://console/',
  'file:///index.html',
  'about:blank',
  'data:text/html,app://console/',
  '',
  'app:console',
])('%s is not ours', (address) => {
  expect(isAppAddress(address)).toBe(false)
})

const own = { url: 'app://console/index.html', parent: null }

test('only the main frame of our own page may ask', () => {
  expect(isAppFrame(own)).toBe(true)
})

test.each([
  ['a frame that has gone', null],
  ['a frame inside our page', { ...own, parent: own }],
  ['another page', { url: 'https://foreign.example/', parent: null }],
  ['a page that has no address yet', { url: '', parent: null }],
])('%s may not ask', (_title, frame) => {
  expect(isAppFrame(frame)).toBe(false)
})

test.each([
  ['app://console/', 'index.html'],
  ['app://console/index.html?x#y', 'index.html'],
  ['app://console/assets/a%20b.js', join('assets', 'a b.js')],
  ['app://console/../../etc/passwd', join('etc', 'passwd')],
])('%s is the file %s of the folder', (address, file) => {
  expect(pageFile('/pages', address)).toBe(join('/pages', file))
})

test.each([
  'app://console/..%2f..%2fetc%2fpasswd',
  'app://console/assets/..%2f..%2f..%2fetc%2fpasswd',
  'app://console/%2e%2e%2fsecret',
  'app://console/index.html%00.js',
  'app://console/%',
  'https://console/index.html',
])('%s is no file of the folder', (address) => {
  expect(pageFile('/pages', address)).toBeNull()
})
