export default {
  partners: {
    title: "Partners",
    empty: "No partner yet.",
    searchLabel: "Search partners by name or id",
    open: "Open the earnings of {{name}}",
  },
  orders: {
    title: "Orders",
    empty: "No order yet.",
    searchLabel: "Search orders by number or customer",
    nobody: "Nobody was credited for this order.",
  },
} as const;
