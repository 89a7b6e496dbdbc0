/*
 * Which bytes of a literal are searched for: those that stand in text least often, as pairs of neighbouring letters tell. Made
 * from prose and code in equal parts; only the order matters: a wrong value costs time, nothing else.
 */
#include "guard/literal_int.h"

static const uint8_t letter_weight[26] = {66, 14, 35, 35, 105, 20, 18, 28, 62, 3,  8, 36, 25,
					  60, 60, 25, 2,  55,  58, 78, 28, 10, 12, 5, 14, 3};

unsigned literal_byte_weight(uint8_t b)
{
	if (b >= 'a' && b <= 'z')
		return letter_weight[b - 'a'];
	if (b >= 'A' && b <= 'Z')
		return letter_weight[b - 'A'] / 8 + 1;
	if (b == ' ')
		return 150;
	if (b >= '0' && b <= '9')
		return 8;
	if (b == '_' || b == '-' || b == '.' || b == ',' || b == '"' || b == '/' || b == '=')
		return 9;
	return b == '\n' ? 20 : 2;
}

#define CLASSES 28 /* the letters in either case, white space, all else */
#define WHITE 26
#define ELSE 27

/* How rare the second is after the first, in half bits of the pair's frequency, from 'A' on. */
static const char pairs[CLASSES][CLASSES + 1] = {
	"_USRaYUdSaWQSPfUaPQOWX[YTaRT", "Ua__Tca`XXgU`cUZmWYaSicmUfYV",
	"TdY]Rb_RWmURZbOXbV]PV]di[mSR", "V[bTP[YbSbbWYcR`cXU]W]acX]OQ",
	"RZRQTTX]X``RTOXUWNPQ^TVSV`MO", "Vg_ZWWchRmfW^]RcmU[WXmemZmQS",
	"Vb^_SaZWUmc]`WY^hVX^X]gifdST", "Qbd`OcfmSmi_`aSehZ]VXmfm[cSS",
	"WURSTSTi]d]RUNQWcUQP^VgYdUUS", "^immWimi_idihg]gimVm[fbmbb`W",
	"]be`ScbeTfi^dZ^^gfXd^aememUU", "S^_SP[bcPm`Q`cRZm_UWT^^hVdRR",
	"RX[[QcedTmbYWZTUmcU]YcmicgUT", "S_SPRVR_U]YX]XRZcaQPTTacWiOQ",
	"ZVTTZRV`V^XSRNTSmOUSQUT[[bRU", "Sb]]Sa^[VgdT`eSV]SWTUebfSiVS",
	"mmhmbhmimmmZiimhmefmVmmmm_]]", "RYSUN[VcRmVXUTQ[gRSUQX[hU^OP",
	"UcV^P^^TRmUY]ZSU]YTNUcZ_VgNO", "QaW[PX]NPi]X]aQWmPSUTcXZVcMO",
	"WVQUUUYmVmhSUR]VmRSR`em]haVZ", "VifmQhheVmmm^iVcmf_fdieigmXU",
	"TmgcWgfSTmd^iXUfmWYahi`efmVV", "Zd[bX_ma[mmc^]gZm_fTdmia^fWV",
	"Z`cfUiim]mg]_XUXm[WUbiamaaQS", "^mmdUmif`mmcgiahmmah^imme`^Y",
	"NQOQQPTSNVVQRQOP[PNNTSQ]U]KJ", "RTQSSSUTRVVSTSSRZRPRVVUY[[IJ",
};
/* Of one class, likewise. */
static const uint8_t alone[CLASSES] = {9, 13, 10, 10, 7, 12, 13, 11, 9,	 18, 15, 10, 12, 9,
				       9, 11, 20, 9,  9, 8,  11, 14, 14, 16, 13, 19, 5,	 5};

static unsigned class_of(uint8_t b)
{
	if ((b | 0x20) >= 'a' && (b | 0x20) <= 'z')
		return (b | 0x20u) - 'a';
	return b == ' ' || (b >= '\t' && b <= '\r') ? WHITE : ELSE;
}

/* How much rarer a byte of the last class is than the class. */
static unsigned beyond_class(uint8_t b)
{
	unsigned w = literal_byte_weight(b);
	if (class_of(b) != ELSE)
		return 0;
	return b >= 0x80 ? 20 : w == 9 ? 8 : w == 8 ? 12 : 13;
}

static int rarity_at(const struct literal *l, size_t at)
{
	int sum = 0;
	for (size_t i = 0; i < 4; i++) {
		uint8_t b = (uint8_t)l->text.p[at + i];
		sum += (int)beyond_class(b);
		if (i > 0)
			sum += pairs[class_of((uint8_t)l->text.p[at + i - 1])][class_of(b)] - 'A';
		if (i == 1 || i == 2)
			sum -= alone[class_of(b)];
	}
	return sum;
}

size_t literal_window(const struct literal *l)
{
	size_t best = 0, windows = l->text.len > 4 ? 2 : 1;
	int most = -1;
	/* Both of two neighbours are searched for: the more frequent counts. */
	for (size_t i = 0; i + 3 + windows <= l->text.len; i++) {
		int rarity = rarity_at(l, i);
		if (windows > 1)
			rarity = MIN(rarity, rarity_at(l, i + 1));
		if (rarity > most) {
			most = rarity;
			best = i;
		}
	}
	return best;
}

double literal_word_share(const char *letters, size_t len)
{
	unsigned last = WHITE, rarity = 0;
	/* Half bits of frequency among all bytes; a word is every sixth. */
	for (size_t i = 0; i < len; i++) {
		unsigned class = class_of((uint8_t)letters[i]);
		rarity += (unsigned)(pairs[last][class] - 'A') - alone[last];
		last = class;
	}
	double share = 1;
	for (; rarity > 1; rarity -= 2)
		share /= 2;
	return share;
}
