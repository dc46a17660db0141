// The same declarations, by way of `require`.
import brevoNative = require('brevo-native')

const brevo: brevoNative.Brevo = new brevoNative.Brevo('xkeysib-...')
brevo.contacts.getList({ listId: 1 }).then(list => list.id, (error: brevoNative.BrevoError) => error.kind)
