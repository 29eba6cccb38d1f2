# ruff: noqa: E501
"""Expository passages, written for these tests, in the style of an introductory course."""

PHOTOSYNTHESIS = """\
Photosynthesis is the process by which green plants, algae and some bacteria turn light into \
chemical energy. In plants it takes place mainly in the leaves, inside organelles called \
chloroplasts. The green pigment chlorophyll absorbs mostly red and blue light and reflects green \
light, which is why leaves look green.

The process has two stages. In the light-dependent reactions, which occur in the thylakoid \
membranes, water molecules are split and oxygen is released as a by-product. These reactions also \
produce ATP and NADPH, two molecules that carry energy. In the second stage, known as the Calvin \
cycle, the plant uses this energy to build sugar from carbon dioxide. The Calvin cycle takes place \
in the stroma, the fluid that fills the chloroplast.

Carbon dioxide enters the leaf through small pores called stomata. Each stoma is surrounded by two \
guard cells, which open and close the pore to control the loss of water. Most plants lose about 90 \
percent of the water they take up through their stomata. The Dutch physician Jan Ingenhousz showed \
in 1779 that plants release oxygen only in sunlight. Melvin Calvin received the Nobel Prize in \
Chemistry in 1961 for tracing the path of carbon in photosynthesis.
"""

PLATES = """\
# Plate tectonics

The outer shell of the Earth is broken into large pieces called tectonic plates. The plates float \
on a hotter, softer layer of the mantle known as the asthenosphere. Convection currents in the \
mantle move the plates by about 2 to 10 centimetres each year.

## Boundaries

At divergent boundaries, two plates move apart and new crust forms from rising magma. The \
Mid-Atlantic Ridge is a divergent boundary that runs down the middle of the Atlantic Ocean. At \
convergent boundaries, plates collide. When an oceanic plate meets a continental plate, the denser \
oceanic plate sinks beneath it, a process called subduction. The Andes were formed by the \
subduction of the Nazca Plate beneath the South American Plate. The Himalayas began to rise about \
50 million years ago, when India collided with Asia. At transform boundaries, plates slide past \
each other and often cause earthquakes. The San Andreas Fault in California is a well-known \
transform boundary.

## History

The German meteorologist Alfred Wegener proposed the theory of continental drift in 1912. He \
argued that all continents had once been joined in a single landmass called Pangaea. His idea was \
rejected by most geologists because he could not explain what moved the continents. In the 1960s, \
maps of the ocean floor and magnetic stripes in the rock confirmed that the sea floor spreads.
"""

NETWORKS = """\
A computer network lets two or more machines exchange data. The Internet Protocol gives every \
machine an address and carries packets from one network to the next. An IPv4 address has 32 bits, \
while an IPv6 address has 128 bits. Routers forward each packet by looking up its destination in a \
routing table.

The Transmission Control Protocol (TCP) provides a reliable stream on top of packets that may be \
lost. TCP opens a connection with a three-way handshake and numbers every byte so that the \
receiver can put segments in order. If an acknowledgement does not arrive in time, the sender \
transmits the segment again. The User Datagram Protocol (UDP) offers no such guarantee, but its \
header is only 8 bytes long. Video calls and online games often use UDP because a late packet is \
worthless to them.

Names are translated into addresses by the Domain Name System. A resolver first asks a root \
server, which refers it to the server of the top-level domain. Paul Mockapetris designed the \
Domain Name System in 1983. Web browsers request pages with HTTP, which listens on port 80, or with \
HTTPS, which listens on port 443. HTTPS encrypts the connection with Transport Layer Security.
"""

REVOLUTION = """\
By 1789 the French monarchy was bankrupt after decades of war. King Louis XVI summoned the \
Estates-General to Versailles in May 1789 to approve new taxes. The representatives of the Third \
Estate declared themselves the National Assembly on 17 June. On 14 July 1789, a crowd in Paris \
stormed the Bastille, a royal fortress that was used as a prison. In August the Assembly abolished \
feudal privileges and adopted the Declaration of the Rights of Man and of the Citizen.

The royal family tried to flee the country in June 1791 but was recognised and stopped at Varennes. \
France declared war on Austria in April 1792. The monarchy was abolished in September 1792, and \
Louis XVI was executed by guillotine on 21 January 1793. During the Terror, the Committee of Public \
Safety under Maximilien Robespierre sent about 17,000 people to the guillotine. Robespierre himself \
was executed in July 1794. A government of five directors, called the Directory, ruled France from \
1795. General Napoleon Bonaparte overthrew the Directory in a coup in November 1799. He crowned \
himself emperor in 1804 in the cathedral of Notre-Dame.
"""

MARKETS = """\
In a market, buyers and sellers agree on the price of a good. The law of demand states that people \
buy less of a good when its price rises. The quantity that firms offer usually increases as the \
price goes up. The price at which the quantity demanded equals the quantity supplied is called the \
equilibrium price. If the price lies above this level, a surplus appears and sellers cut their \
prices. If it lies below, a shortage drives the price up.

Elasticity measures how strongly the quantity reacts to a change in price. Demand for insulin is \
inelastic because patients need it at almost any price. Demand for a single brand of biscuits is \
elastic, since shoppers can easily switch to another brand. A monopoly is a market with only one \
seller. A monopolist restricts output and charges a higher price than firms in a competitive market.

Inflation is a general rise in prices over time. Most central banks aim for an inflation rate of \
about 2 percent a year. They raise interest rates to slow inflation and lower them to support \
employment. The Scottish philosopher Adam Smith published The Wealth of Nations in 1776. He \
described how self-interest can lead markets to useful results, as if guided by an invisible hand.
"""

ALL = {
    "photosynthesis": PHOTOSYNTHESIS,
    "plates": PLATES,
    "networks": NETWORKS,
    "revolution": REVOLUTION,
    "markets": MARKETS,
}
