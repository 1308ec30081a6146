export const parse = (text: any) => text
