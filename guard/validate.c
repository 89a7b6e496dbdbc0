/* The names by which the table of patterns asks for a check. */
#include "guard/validate_int.h"
#include "guard/validate_order.h"

static const struct {
	const char *name;
	guard_validator check;
} validators[] = {
	{"aadhaar", validate_aadhaar},
	{"aba", validate_aba},
	{"assignment", validate_assignment},
	{"aws-secret", validate_aws_secret},
	{"azure-key", validate_azure_key},
	{"bank-account", validate_bank_account},
	{"base64-32", validate_base64_32},
	{"birth-date", validate_birth_date},
	{"bitcoin", validate_bitcoin},
	{"card", validate_card},
	{"cnpj", validate_cnpj},
	{"cpf", validate_cpf},
	{"database-url", validate_database_url},
	{"discord", validate_discord},
	{"dni", validate_dni},
	{"email", validate_email},
	{"emirates-id", validate_emirates_id},
	{"entropy", validate_random},
	{"github", validate_github},
	{"iban", validate_iban},
	{"ifsc", validate_ifsc},
	{"imei", validate_imei},
	{"ipv4", validate_ipv4},
	{"ipv6", validate_ipv6},
	{"jwt", validate_jwt},
	{"key", validate_key},
	{"licence", validate_licence},
	{"luhn", validate_card},
	{"mac", validate_mac},
	{"medicare", validate_medicare},
	{"nhs", validate_nhs},
	{"nino", validate_nino},
	{"nir", validate_nir},
	{"npm", validate_npm},
	{"nric", validate_nric},
	{"order", validate_order},
	{"pan", validate_pan},
	{"passport", validate_passport},
	{"password", validate_password},
	{"pem", validate_pem},
	{"phone-e164", validate_phone_e164},
	{"phone-nanp", validate_phone_nanp},
	{"phone-national", validate_phone_national},
	{"pypi", validate_pypi},
	{"service-account", validate_service_account},
	{"sin", validate_sin},
	{"sort-code", validate_sort_code},
	{"ssn", validate_ssn},
	{"steuer-id", validate_steuer_id},
	{"telegram", validate_telegram},
	{"tfn", validate_tfn},
	{"token", validate_token},
	{"upi", validate_upi},
	{"vat", validate_vat},
	{"verhoeff", validate_aadhaar},
};

guard_validator guard_validator_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(validators); i++)
		if (strcmp(validators[i].name, name) == 0)
			return validators[i].check;
	return NULL;
}
