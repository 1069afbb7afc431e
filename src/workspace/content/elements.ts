/** The interactive elements of Block Kit: what each may carry, and where it may stand. */
import { z } from 'zod'
import { boxOption, choiceProblem, option, optionGroup, overflowOption } from './options.ts'
import { confirmation, identifier, plainText } from './texts.ts'

const actionable = { action_id: identifier.optional() }
const confirmable = { ...actionable, confirm: confirmation.optional() }
const focusable = { focus_on_load: z.boolean().optional() }
const placeholdable = { placeholder: plainText(150).optional() }
const menu = { ...confirmable, ...focusable, ...placeholdable }
const dispatching = {
  ...actionable,
  ...focusable,
  ...placeholdable,
  dispatch_action_config: z
    .strictObject({
      trigger_actions_on: z
        .array(z.enum(['on_enter_pressed', 'on_character_entered']))
        .min(1)
        .optional(),
    })
    .optional(),
}
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

const button = z.strictObject({
  type: z.literal('button'),
  ...confirmable,
  text: plainText(75),
  value: z.string().max(2000).optional(),
  url: z.string().max(3000).optional(),
  style: z.enum(['primary', 'danger']).optional(),
  accessibility_label: z.string().max(75).optional(),
})
const overflow = z.strictObject({
  type: z.literal('overflow'),
  ...confirmable,
  options: z.array(overflowOption).min(1).max(5),
})
const datepicker = z.strictObject({
  type: z.literal('datepicker'),
  ...menu,
  initial_date: z.iso.date().optional(),
})
const timepicker = z.strictObject({
  type: z.literal('timepicker'),
  ...menu,
  initial_time: z.iso.time({ precision: -1 }).optional(),
  timezone: z.string().optional(),
})
const datetimepicker = z.strictObject({
  type: z.literal('datetimepicker'),
  ...confirmable,
  ...focusable,
  initial_date_time: z.int().min(1_000_000_000).max(9_999_999_999).optional(),
})
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
const plainTextInput = z
  .strictObject({
    type: z.literal('plain_text_input'),
    ...dispatching,
    initial_value: z.string().max(3000).optional(),
    multiline: z.boolean().optional(),
    min_length: z.int().min(0).max(3000).optional(),
    max_length: z.int().min(1).max(3000).optional(),
  })
  .refine(
    ({ initial_value = '', max_length = 3000 }) => initial_value.length <= max_length,
    'initial_value is longer than max_length',
  )
const emailInput = z.strictObject({
  type: z.literal('email_text_input'),
  ...dispatching,
  initial_value: z.string().optional(),
})
const urlInput = z.strictObject({
  type: z.literal('url_text_input'),
  ...dispatching,
  initial_value: z.string().optional(),
})
const numberInput = z.strictObject({
  type: z.literal('number_input'),
  ...dispatching,
  is_decimal_allowed: z.boolean(),
  initial_value: z.string().optional(),
  min_value: z.string().optional(),
  max_value: z.string().optional(),
})
const fileInput = z.strictObject({
  type: z.literal('file_input'),
  ...actionable,
  filetypes: z.array(z.string().min(1)).min(1).optional(),
  max_files: z.int().min(1).max(10).optional(),
})
/** An image as an element and, with a title and an id, as a block. */
export const IMAGE = {
  alt_text: z.string().min(1).max(2000),
  image_url: z.string().min(1).max(3000).optional(),
  slack_file: z
    .strictObject({ id: z.string().optional(), url: z.string().optional() })
    .refine(({ id, url }) => (id === undefined) !== (url === undefined), 'needs an id or a url')
    .optional(),
}
export const imageElement = z
  .strictObject({ type: z.literal('image'), ...IMAGE })
  .refine(hasOneSource, 'must have either image_url or slack_file')

const MENUS = [
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
  datepicker,
  timepicker,
] as const

export const accessory = z.discriminatedUnion('type', [button, overflow, imageElement, ...MENUS])
export const actionElement = z.discriminatedUnion('type', [
  button,
  overflow,
  datetimepicker,
  ...MENUS,
])
export const inputElement = z.discriminatedUnion('type', [
  plainTextInput,
  emailInput,
  urlInput,
  numberInput,
  fileInput,
  datetimepicker,
  ...MENUS,
])
export type Element =
  | z.infer<typeof accessory>
  | z.infer<typeof actionElement>
  | z.infer<typeof inputElement>

/** An image comes from an address or from a file in Slack, never from both. */
export function hasOneSource(image: { image_url?: unknown; slack_file?: unknown }): boolean {
  return (image.image_url === undefined) !== (image.slack_file === undefined)
}

function chosenAmong<Menu extends z.ZodObject>(menuShape: Menu): Menu {
  return menuShape.superRefine((value, context) => {
    const message = choiceProblem(value)
    if (message !== null) context.addIssue({ code: 'custom', message })
  })
}
