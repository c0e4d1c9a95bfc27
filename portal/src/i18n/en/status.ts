export default {
  status: {
    commission: {
      pending: { label: "Pending", next: "Earned and held. It becomes available on the day shown, without your doing anything." },
      approved: { label: "Available", next: "The hold is over. It leaves with the next payout." },
      paid: { label: "Paid", next: "Sent to your bank account. Nothing more to do." },
      processed: { label: "Nothing due", next: "The share came to nothing; there is nothing to pay." },
      refunded: { label: "Refunded", next: "The customer got the money back, and so the share went back. Nothing more to do." },
      disputed: { label: "In dispute", next: "Set aside until the dispute ends, which it does by its deadline." },
    },
    order: {
      pending: { label: "Waiting", next: "Accepted; goes on chain with the next batch." },
      submitted: { label: "Sent", next: "Sent to the chain; waits for its block." },
      confirmed: { label: "Confirmed", next: "In a block; final as soon as the chain can no longer reorder it." },
      finalized: { label: "Final", next: "On chain for good and in the books." },
      failed: { label: "Not settled", next: "Nothing was credited; the reason stands beside it." },
    },
    batch: {
      submitted: { label: "Sent", next: "Sent to the chain; waits for its block." },
      confirmed: { label: "Confirmed", next: "In a block; final as soon as the chain can no longer reorder it." },
      finalized: { label: "Final", next: "On chain for good and in the books." },
    },
    payout: {
      pending: { label: "Prepared", next: "Part of a payout run; somebody else approves it next." },
      processing: { label: "On its way", next: "Approved; goes to the bank next." },
      sent: { label: "With the bank", next: "In the bank's file; waits for the bank's answer." },
      completed: { label: "Completed", next: "Paid, and recorded on chain." },
      failed: { label: "Failed", next: "Not paid; the amount stays available for the next payout." },
      canceled: { label: "Canceled", next: "The run was canceled; the amount stays available." },
      returned: { label: "Sent back", next: "The bank sent it back; the amount is available again." },
    },
    endpoint: {
      enabled: { label: "On", next: "Is told what happens." },
      disabled: { label: "Off", next: "Is told nothing until it is switched on." },
    },
    delivery: {
      pending: { label: "Waiting", next: "Is sent next." },
      sending: { label: "Being sent", next: "Waits for the endpoint’s answer." },
      delivered: { label: "Delivered", next: "The endpoint took it." },
      failed: { label: "Failed", next: "Nobody took it after all attempts; it can be sent again." },
      canceled: { label: "Canceled", next: "The endpoint was switched off before it was sent." },
    },
    partner: {
      active: { label: "Active", next: "Earns and is paid." },
      suspended: { label: "Suspended", next: "Keeps earning; is not paid until the suspension ends." },
    },
  },
} as const;
