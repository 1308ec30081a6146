import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { type AppError, toAppError } from '../../shared/errors.ts'
import { signOut } from './session.ts'

declare module '@tanstack/react-query' {
  interface Register {
    defaultError: AppError
  }
}

export function createQueries(): QueryClient {
  const onError = (thrown: unknown) => {
    if (toAppError(thrown).code === 'unauthorized') signOut('refused')
  }
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      // The default pauses while the machine is offline; the host is this machine.
      queries: { networkMode: 'always', retry: worthRetrying, staleTime: 1_000, refetchOnWindowFocus: true },
      mutations: { networkMode: 'always' },
    },
  })
}

/** Only a failure to reach the host may heal by itself; its answers are final. */
function worthRetrying(failures: number, thrown: unknown): boolean {
  return failures < 2 && toAppError(thrown).code === 'internal_error'
}
