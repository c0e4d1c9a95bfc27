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
      failed: { label: "Given up", next: "Its call was given up. Its orders went to another batch or are set aside, each with its reason." },
    },
    run: {
      prepared: { label: "Waits for approval", next: "Somebody other than who prepared it approves or rejects it." },
      approved: { label: "Approved", next: "Amounts are fixed; make the bank file next." },
      sent: { label: "With the bank", next: "Waits for the bank's answers." },
      closed: { label: "Closed", next: "The bank has answered for every payment. Nothing more to do." },
      rejected: { label: "Rejected", next: "Nothing of it was paid; the amounts are payable again." },
      canceled: { label: "Canceled", next: "Called off; the amounts are payable again." },
    },
    period: {
      open: { label: "Open", next: "Still takes postings; close it when its checklist is done." },
      closed: { label: "Closed", next: "Nothing can be posted into it; lock it once its checkpoint is on chain." },
      locked: { label: "Locked", next: "Closed for good, with its checkpoint on chain." },
    },
    event: {
      accepted: { label: "Taken in", next: "Made an order or a refund, or needs neither." },
      parked: { label: "Parked", next: "Waits for what is named beside it, and is then taken up by itself." },
      refused: { label: "Refused", next: "Came to nothing, for the reason beside it; it is not tried again." },
    },
    plan: {
      pending: { label: "Not published", next: "On its way to the chain; nobody is attributed under it yet." },
      published: { label: "Published", next: "On chain and in force; a version is never edited." },
    },
    attribution: {
      pending: { label: "On its way", next: "Waits for its block; it does not count yet." },
      registered: { label: "Registered", next: "On chain. First touch wins." },
      locked: { label: "Locked", next: "Settled orders went by it; it cannot be replaced." },
    },
    member: {
      active: { label: "Active", next: "May sign in." },
      disabled: { label: "Disabled", next: "Cannot sign in until enabled again." },
    },
    key: {
      good: { label: "Good", next: "Lets its program in." },
      ending: { label: "Ending", next: "Was rotated; it lets its program in until the moment shown." },
      ended: { label: "Ended", next: "Lets nobody in any more." },
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
