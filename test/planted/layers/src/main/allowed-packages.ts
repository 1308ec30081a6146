export { jwtVerify } from 'jose'
