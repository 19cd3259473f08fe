"""Sentences of mails about orders that take their course."""

from __future__ import annotations

from .grammar import Texts, mix

__all__ = ["TEXTS"]

_DELAY_NEWS = """
    The new date is %(due)s instead of %(asked)s.
    We can now deliver on %(due)s, not on %(asked)s as promised.
    It will be with you by %(due)s rather than %(asked)s.
    Instead of %(asked)s it will be %(due)s.
    Our new date for you is %(due)s; it was %(asked)s.
    Please expect it by %(due)s, and no longer by %(asked)s.
"""

_SORRY = """
    I am sorry for the trouble.
    Please excuse the delay.
    We are sorry about this.
    I hope that still works for you.
    Please tell me if that is too late for you.
    Thank you for your patience.
"""

_CANCEL_ASKS = """
    Please cancel it.
    So please take it off your books.
    Could you cancel it and confirm that in writing?
    We have to ask you to cancel it.
    Please stop it, if it has not left yet.
    Please cancel the order; I am sorry for the trouble.
"""

_HELD = """
    I had to put your order %(number)s on hold.
    Your order %(number)s is on hold for the moment.
    We cannot go on with %(number)s just yet.
    There is a question about %(number)s, so it is on hold.
    Our system has stopped order %(number)s.
    We have paused your order %(number)s.
"""

TEXTS: Texts = {
    ("order_placed", "normal"): mix(
        """
        We would like to order %(things)s (article %(sku)s).
        Please enter an order for %(things)s, article %(sku)s.
        Could you send us %(things)s? The article number is %(sku)s.
        We need %(things)s; in your catalogue it is article %(sku)s.
        This is an order for %(things)s (%(sku)s).
        We have decided on %(things)s, article %(sku)s.
        """,
        """
        Everything should be with us in %(city)s by %(asked)s.
        Please deliver to %(city)s by %(asked)s.
        It goes to our site in %(city)s, by %(asked)s at the latest.
        Delivery is to %(city)s, and %(asked)s would suit us.
        We would like to have it in %(city)s by %(asked)s.
        Could you manage %(asked)s? The address is the one in %(city)s.
        """,
        """
        -
        Please confirm.
        A short confirmation would help us.
        Please send us a confirmation with the price.
        Please let me know the order number.
        """,
    ),
    ("order_placed", "urgent"): mix(
        """
        We urgently need %(things)s (article %(sku)s).
        An urgent order, please: %(things)s, article %(sku)s.
        Could you help us out quickly with %(things)s? The article number is %(sku)s.
        In a hurry: we need %(things)s (%(sku)s).
        Please treat this order as urgent: %(things)s, article %(sku)s.
        We are short of time and need %(things)s, article %(sku)s.
        """,
        """
        It has to be in %(city)s by %(asked)s.
        The goods go to %(city)s, and %(asked)s is the last day for us.
        Please make sure that it is in %(city)s by %(asked)s.
        We need delivery to %(city)s by %(asked)s.
        By %(asked)s, please, to %(city)s.
        Is %(asked)s possible? The address is the one in %(city)s.
        """,
        """
        Please confirm today.
        Please confirm as soon as you can.
        A quick answer would help.
        """,
    ),
    ("order_confirmed", ""): mix(
        """
        Thank you for your order. Its number is %(number)s.
        Thank you, we have entered your order as %(number)s.
        We confirm your order under the number %(number)s.
        Your order has reached us; please quote %(number)s from now on.
        Many thanks for the order, which is %(number)s with us.
        I have entered your order, and its number is %(number)s.
        """,
        """
        It is %(things)s at %(price)s each, %(total)s in total.
        You get %(things)s for %(total)s, that is %(price)s each.
        The price is %(price)s each for %(things)s, so %(total)s altogether.
        We have put down %(things)s at %(price)s, which makes %(total)s.
        %(things)s at %(price)s come to %(total)s.
        Total for %(things)s: %(total)s (%(price)s each).
        """,
        """
        We deliver to %(city)s by %(asked)s.
        It will be in %(city)s by %(asked)s.
        Delivery to %(city)s is planned for %(asked)s.
        Our warehouse has it down for %(asked)s, to %(city)s.
        You will have it in %(city)s by %(asked)s.
        The date of delivery to %(city)s is %(asked)s.
        """,
    ),
    ("order_held", "limit"): mix(
        _HELD,
        """
        It comes to %(total)s, and the credit limit of your account is %(limit)s.
        With %(total)s it is above your credit limit of %(limit)s.
        The limit of your account is %(limit)s, and the order comes to %(total)s.
        """,
        """
        Would a part of it do, or can you pay in advance?
        Could you pay in advance this time?
        Please tell me how you would like to go on.
        """,
    ),
    ("order_held", "overdue"): mix(
        _HELD,
        """
        An invoice on your account has been overdue for a while.
        Your account has an invoice that is long overdue.
        There is an unpaid invoice on your account.
        """,
        """
        As soon as it is paid, we go on.
        Could you look into it with your accounts people?
        Please tell me when we can expect the money.
        """,
    ),
    ("order_held", "address"): mix(
        _HELD,
        """
        The carrier cannot find the delivery address in %(city)s.
        We have no street for the delivery to %(city)s.
        The address in %(city)s is not complete.
        """,
        """
        Could you send it to me again?
        Please let me have the full address.
        Please check it, and I will go on at once.
        """,
    ),
    ("delayed", "supplier"): mix(
        """
        I have bad news about %(number)s: our supplier is late.
        The maker of the goods (%(things)s) has let us down, so %(number)s will be late.
        Our supplier cannot keep the date that we gave you for %(number)s.
        """,
        _DELAY_NEWS,
        _SORRY,
    ),
    ("delayed", "carrier"): mix(
        """
        The carrier has no lorry for %(number)s on the day we planned.
        Your order %(number)s is packed, but the carrier has a breakdown.
        The carrier has changed the tour for %(city)s, which holds up %(number)s.
        """,
        _DELAY_NEWS,
        _SORRY,
    ),
    ("delayed", "stock"): mix(
        """
        Our stock count shows too few for your order %(number)s, and more are on the way.
        There are fewer pieces in stock than our system said, so %(number)s has to wait.
        We do not have all of the %(things)s for %(number)s together yet.
        """,
        _DELAY_NEWS,
        _SORRY,
    ),
    ("delayed", "damage"): mix(
        """
        A part of your order %(number)s was damaged in our warehouse, and we replace it.
        When packing %(number)s we found scratches, so we take new pieces.
        The goods for %(number)s did not pass our check and are replaced.
        """,
        _DELAY_NEWS,
        _SORRY,
    ),
    ("delayed", "staff"): mix(
        """
        Two colleagues in the warehouse are ill, and %(number)s will take longer.
        We are short of people in dispatch, so %(number)s is late.
        Our warehouse is behind because of illness, and that concerns %(number)s too.
        """,
        _DELAY_NEWS,
        _SORRY,
    ),
    ("delayed", "customs"): mix(
        """
        The goods for %(number)s are still at customs.
        Customs are checking the lorry with your order %(number)s.
        A paper was missing at customs, which holds up %(number)s.
        """,
        _DELAY_NEWS,
        _SORRY,
    ),
    ("shipped", ""): mix(
        """
        Your order %(number)s has left our warehouse.
        We have sent %(number)s on its way today.
        %(number)s (%(things)s) has been shipped.
        The carrier has picked up your order %(number)s.
        Good news: %(number)s is on its way to %(city)s.
        Order %(number)s was loaded this afternoon.
        """,
        """
        The tracking number is %(tracking)s.
        You can follow it under %(tracking)s.
        Tracking: %(tracking)s.
        Please note the tracking number %(tracking)s.
        """,
        """
        It should be with you on %(expected)s.
        We expect it in %(city)s on %(expected)s.
        Delivery is expected on %(expected)s.
        The carrier expects to deliver on %(expected)s.
        """,
    ),
    ("delivered", ""): mix(
        """
        The carrier reports that %(number)s was delivered in %(city)s today.
        Your order %(number)s has arrived in %(city)s, says the carrier.
        %(number)s was handed over in %(city)s today.
        We have got the receipt for %(number)s, delivered in %(city)s today.
        Today %(number)s was unloaded in %(city)s.
        %(number)s is delivered: %(things)s, today in %(city)s.
        """,
        """
        Please check the goods and tell us if something is wrong.
        We hope that all is in order.
        If anything is missing, please write to us.
        Please let us know if all pieces are there.
        Thank you for ordering from us.
        """,
    ),
    ("cancelled", "budget"): mix(
        """
        Our budget has been cut, and %(number)s is no longer possible.
        We have to save money, and order %(number)s is one of the things that go.
        Head office has not released the money for %(number)s.
        """,
        _CANCEL_ASKS,
    ),
    ("cancelled", "elsewhere"): mix(
        """
        We have found what we need elsewhere and no longer need %(number)s.
        Another office of ours has some to spare, so we can do without %(number)s.
        We have got an offer nearer to us than %(number)s.
        """,
        _CANCEL_ASKS,
    ),
    ("cancelled", "mistake"): mix(
        """
        A colleague of mine has ordered by mistake; it is about %(number)s.
        Order %(number)s was a mistake on our side.
        We have ordered the wrong article with %(number)s.
        """,
        _CANCEL_ASKS,
    ),
    ("cancelled", "project"): mix(
        """
        The project for which we placed %(number)s has been put off.
        Our new office opens later than planned, so we do not need %(number)s now.
        We are not moving after all, and %(number)s has no place to go.
        """,
        _CANCEL_ASKS,
    ),
}
