/** A self-signed certificate for the TLS servers of tests; load balancers accept it although it expired in 2020. */

/** The certificate and its key, as options of `node:https` and `node:tls`. */
export const certificate = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgfFcjdSCkeEQvV8xN
1LHH910UaLFWHa2hJKWQ5EyBAPmhRANCAATASkla55Q42GcT00RfQqvp8F16S6u7
gvIuDBqRk/ufY+aXpt09DyHtPWAzVsJMsxwB/P88WX49waWqTEQnxyu0
-----END PRIVATE KEY-----
`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBHjCBxgIBATAKBggqhkjOPQQDAjAcMRowGAYDVQQDDBFhIHRlc3Qgb2YgU2xp
cHdheTAeFw0yMDAxMDEwMDAwMDBaFw0yMDAxMDIwMDAwMDBaMBwxGjAYBgNVBAMM
EWEgdGVzdCBvZiBTbGlwd2F5MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEwEpJ
WueUONhnE9NEX0Kr6fBdekuru4LyLgwakZP7n2Pml6bdPQ8h7T1gM1bCTLMcAfz/
PFl+PcGlqkxEJ8crtDAKBggqhkjOPQQDAgNHADBEAiBnU/HuzYMV/9aXN+b2m0Ju
azfb3zAeIZRqQN+4/ZuVxwIgN80d8x5B2F/mQ7e0IqAbf8XRIIfr+AhBHzmYPFjb
C9I=
-----END CERTIFICATE-----
`,
};
