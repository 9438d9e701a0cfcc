import { serve } from "./HandWritten.ts"

/** The obvious way: one `write` for each recipient of each message. */
serve((users, from, message) => {
  for (const user of users.values()) if (user !== from) user.write(message)
})
