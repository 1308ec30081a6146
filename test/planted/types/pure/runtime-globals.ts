export const home = () => process.env['HOME']
export const title = () => document.title
