import express, { type RequestHandler } from 'express'

/** Nothing but what this origin serves, and no inline code. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** The built renderer. File names in `assets` carry a hash of their content, so these may be kept. */
export function pages(folder: string): RequestHandler {
  return express.static(folder, {
    index: 'index.html',
    dotfiles: 'ignore',
    redirect: false,
    setHeaders: (response, path) => {
      response.setHeader(
        'cache-control',
        /[\\/]assets[\\/]/.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache',
      )
    },
  })
}

/** The console's page under the name that other clients open. */
export function dashboard(folder: string): RequestHandler {
  return (_request, response) => {
    response.sendFile('index.html', { root: folder, headers: { 'cache-control': 'no-cache' } })
  }
}
