/** The menus of Block Kit: select menus, checkboxes and radio buttons. */
import { z } from 'zod'
import { boxOption, choiceProblem, option, optionGroup } from './options.ts'
import { confirmable, focusable, menu } from './parts.ts'

const several = { max_selected_items: z.int().min(1).optional() }
const choosable = {
  options: z.array(option).min(1).max(100).optional(),
  option_groups: z.array(optionGroup).min(1).max(100).optional(),
}
const conversations = {
  default_to_current_conversation: z.boolean().optional(),
  filter: z
    .strictObject({
      include: z
        .array(z.enum(['im', 'mpim', 'private', 'public']))
        .min(1)
        .optional(),
      exclude_external_shared_channels: z.boolean().optional(),
      exclude_bot_users: z.boolean().optional(),
    })
    .optional(),
}

const staticSelect = chosenAmong(
  z.strictObject({
    type: z.literal('static_select'),
    ...menu,
    ...choosable,
    initial_option: option.optional(),
  }),
)
const multiStaticSelect = chosenAmong(
  z.strictObject({
    type: z.literal('multi_static_select'),
    ...menu,
    ...several,
    ...choosable,
    initial_options: z.array(option).max(100).optional(),
  }),
)
const externalSelect = z.strictObject({
  type: z.literal('external_select'),
  ...menu,
  min_query_length: z.int().min(0).optional(),
  initial_option: option.optional(),
})
const multiExternalSelect = z.strictObject({
  type: z.literal('multi_external_select'),
  ...menu,
  ...several,
  min_query_length: z.int().min(0).optional(),
  initial_options: z.array(option).max(100).optional(),
})
const usersSelect = z.strictObject({
  type: z.literal('users_select'),
  ...menu,
  initial_user: z.string().min(1).optional(),
})
const multiUsersSelect = z.strictObject({
  type: z.literal('multi_users_select'),
  ...menu,
  ...several,
  initial_users: z.array(z.string().min(1)).optional(),
})
const channelsSelect = z.strictObject({
  type: z.literal('channels_select'),
  ...menu,
  initial_channel: z.string().min(1).optional(),
  response_url_enabled: z.boolean().optional(),
})
const multiChannelsSelect = z.strictObject({
  type: z.literal('multi_channels_select'),
  ...menu,
  ...several,
  initial_channels: z.array(z.string().min(1)).optional(),
})
const conversationsSelect = z.strictObject({
  type: z.literal('conversations_select'),
  ...menu,
  ...conversations,
  initial_conversation: z.string().min(1).optional(),
  response_url_enabled: z.boolean().optional(),
})
const multiConversationsSelect = z.strictObject({
  type: z.literal('multi_conversations_select'),
  ...menu,
  ...several,
  ...conversations,
  initial_conversations: z.array(z.string().min(1)).optional(),
})
const checkboxes = chosenAmong(
  z.strictObject({
    type: z.literal('checkboxes'),
    ...confirmable,
    ...focusable,
    options: z.array(boxOption).min(1).max(10),
    initial_options: z.array(boxOption).min(1).max(10).optional(),
  }),
)
const radioButtons = chosenAmong(
  z.strictObject({
    type: z.literal('radio_buttons'),
    ...confirmable,
    ...focusable,
    options: z.array(boxOption).min(1).max(10),
    initial_option: boxOption.optional(),
  }),
)

/** Every menu. */
export const MENUS = [
  staticSelect,
  multiStaticSelect,
  externalSelect,
  multiExternalSelect,
  usersSelect,
  multiUsersSelect,
  channelsSelect,
  multiChannelsSelect,
  conversationsSelect,
  multiConversationsSelect,
  checkboxes,
  radioButtons,
] as const

function chosenAmong<Menu extends z.ZodObject>(menuShape: Menu): Menu {
  return menuShape.superRefine((value, context) => {
    const message = choiceProblem(value)
    if (message !== null) context.addIssue({ code: 'custom', message })
  })
}
